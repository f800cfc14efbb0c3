import { spawnSync } from 'node:child_process';

export interface BindingProbe {
  /** TensorFlow's version; null when the binding does not load. */
  readonly version: string | null;
  readonly usesGpu: boolean;
  readonly error: string | null;
}

const SCRIPT = `
const binding = require(process.argv[1]);
process.stdout.write(JSON.stringify({ version: binding.TF_Version, usesGpu: binding.isUsingGpuDevice() }));
`;

/** Loads a binding in a process of its own: a library that aborts must not take `exp doctor` with it. */
export function probeBinding(path: string): BindingProbe {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['-e', SCRIPT, path], {
    encoding: 'utf8',
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
    timeout: 120_000,
  });
  if (status === 0) return { ...(JSON.parse(stdout) as { version: string; usesGpu: boolean }), error: null };
  const reason =
    stderr.split('\n').find((line) => /Error|error/.test(line)) ?? `ended by ${signal ?? `exit code ${status}`}`;
  return { version: null, usesGpu: false, error: reason.trim() };
}
