import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { cacheRoot } from './cache.ts';
import { hasNvidiaDriver, locateBinding } from './locate.ts';
import { probeBinding } from './probe.ts';
import { mendOf } from './problems.ts';
import { compilerNames, findCompiler, findPython, hasPip } from './python.ts';
import { variantFor } from './variants.ts';

export interface Finding {
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'missing';
  readonly detail: string;
  /** The command or step that mends it; null where nothing is wrong. */
  readonly mend: string | null;
}

export interface EngineDiagnosis {
  /** The engine that a run would use now. */
  readonly engine: 'tensorflow-cuda' | 'tensorflow-cpu' | 'wasm';
  readonly findings: readonly Finding[];
}

const GB = 1024 ** 3;
const ok = (name: string, detail: string): Finding => ({ name, status: 'ok', detail, mend: null });

/** What `exp doctor` shows: what was found, what is missing, and the command that mends it. */
export function diagnoseEngine(): EngineDiagnosis {
  const binding = locateBinding();
  const probe = binding === null ? null : probeBinding(binding.path);
  const loads = probe !== null && probe.version !== null;
  const engine = !loads ? 'wasm' : probe.usesGpu ? 'tensorflow-cuda' : 'tensorflow-cpu';
  return {
    engine,
    findings: [
      ok('node', `${process.versions.node} on ${process.platform}-${process.arch}`),
      ok('machine', `${availableParallelism()} cores, ${(totalmem() / GB).toFixed(0)} GB of memory`),
      binding === null
        ? {
            name: 'engine',
            status: 'missing',
            detail: 'no native TensorFlow; runs use the slow wasm engine',
            mend: 'run `exp setup`',
          }
        : probe?.version != null
          ? ok('engine', `TensorFlow ${probe.version} (${engine}, ${binding.origin}) at ${binding.path}`)
          : { name: 'engine', status: 'missing', detail: probe?.error ?? 'does not load', mend: mendOf('load') },
      ...gpuFindings(loads && probe.usesGpu),
      ...setupFindings(),
    ],
  };
}

function gpuFindings(usesGpu: boolean): readonly Finding[] {
  if (!hasNvidiaDriver()) return [ok('gpu', 'no NVIDIA driver; runs use the CPU')];
  const query = spawnSync('nvidia-smi', ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'], {
    encoding: 'utf8',
  });
  const name = query.status === 0 ? query.stdout.trim().split('\n').join('; ') : 'an NVIDIA driver';
  return usesGpu
    ? [ok('gpu', name)]
    : [
        {
          name: 'gpu',
          status: 'warning',
          detail: `${name}, which the engine does not use`,
          mend: 'run `exp setup --cuda`',
        },
      ];
}

/** What `exp setup` would need, whether or not it has run. */
function setupFindings(): readonly Finding[] {
  const variant = variantFor(hasNvidiaDriver() ? 'cuda' : 'cpu');
  if (variant === null) {
    return [
      {
        name: 'platform',
        status: 'warning',
        detail: `${process.platform}-${process.arch} has no native build`,
        mend: mendOf('platform'),
      },
    ];
  }
  const python = findPython();
  const compiler = findCompiler();
  const cache = cacheRoot();
  const { bavail, bsize } = statfsSync(nearestExisting(cache));
  const free = bavail * bsize;
  const warn = (name: string, detail: string, mend: string): Finding => ({ name, status: 'warning', detail, mend });
  return [
    python === null ? warn('python', 'not found', mendOf('python')) : ok('python', python),
    python === null || hasPip(python)
      ? ok('pip', python === null ? 'comes with python' : 'found')
      : warn('pip', 'not found', mendOf('pip')),
    compiler === null
      ? warn('compiler', `none of ${compilerNames().join(', ')}`, mendOf('compiler'))
      : ok('compiler', compiler),
    // Data that was prepared is kept there as well: with an engine in its place runs fail nevertheless.
    !isWritable(nearestExisting(cache))
      ? warn('disk', `${cache} cannot be written`, mendOf('unwritable'))
      : free < variant.diskBytes
        ? warn(
            'disk',
            `${(free / GB).toFixed(1)} GB free in ${cache}; set-up needs ${(variant.diskBytes / GB).toFixed(1)}`,
            mendOf('disk'),
          )
        : ok('disk', `${(free / GB).toFixed(0)} GB free in ${cache}`),
  ];
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}
