import { EngineError } from '../../errors.ts';

/** Each thing that can be missing when the engine is set up, and the command that mends it. Declared once. */
const PROBLEMS = {
  platform: {
    message: 'no prebuilt TensorFlow for {detail}',
    mend: 'exp works there with the slower wasm engine; use Linux x64/arm64 or macOS arm64 for the native one',
  },
  python: {
    message: 'python3 was not found; its pip downloads TensorFlow',
    mend: 'install it (`apt-get install python3 python3-pip`, `brew install python`), or set EXP_PYTHON to its path',
  },
  pip: {
    message: '{detail} has no pip, which downloads TensorFlow',
    mend: 'install it (`apt-get install python3-pip`, or `python3 -m ensurepip --upgrade`)',
  },
  compiler: {
    message: 'no C++ compiler ({detail}) was found; the binding is two C++ files',
    mend: 'install one (`apt-get install g++`, `xcode-select --install`), or set CXX to its path',
  },
  disk: {
    message: 'not enough disk space for the engine: {detail}',
    mend: 'free some space, or set EXP_CACHE_DIR to a folder on a larger disk',
  },
  network: {
    message: 'pip could not download TensorFlow: {detail}',
    mend: 'check the network, or pip’s index and proxy settings (`pip config list`), then run `exp setup` again',
  },
  hash: {
    message: 'what pip downloaded is not the file that exp trusts: {detail}',
    mend: 'check which index pip uses (`pip config list`); a mirror may be serving an altered file',
  },
  compile: {
    message: 'the binding does not compile: {detail}',
    mend: 'run `exp doctor`; the compiler needs C++17 (gcc 8, clang 7 or newer)',
  },
  load: {
    message: 'the engine was built but does not load: {detail}',
    mend: 'run `exp setup --force` to build it anew',
  },
  unwritable: {
    message: 'the engine’s cache folder cannot be written: {detail}',
    mend: 'make it writable, or set EXP_CACHE_DIR to a folder that is',
  },
} as const;

export type ProblemName = keyof typeof PROBLEMS;

/** A problem of setting up, as an error whose help is the mend. */
export function problem(name: ProblemName, detail = '', cause?: unknown): EngineError {
  const { message, mend } = PROBLEMS[name];
  return new EngineError(message.replace('{detail}', detail), {
    help: mend,
    ...(cause === undefined ? {} : { cause }),
  });
}

export function mendOf(name: ProblemName): string {
  return PROBLEMS[name].mend;
}
