import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasErrorCode } from '../../system/error-code.ts';
import { isProcessAlive } from '../../system/is-process-alive.ts';
import { BINDING_PATH, engineFolder } from './cache.ts';
import { compileBinding } from './compile.ts';
import { type DownloadProgress, downloadWheels } from './download.ts';
import { hasNvidiaDriver } from './locate.ts';
import { probeBinding } from './probe.ts';
import { problem } from './problems.ts';
import { compilerNames, findCompiler, findPython, hasPip } from './python.ts';
import { type EngineVariant, variantFor } from './variants.ts';

export type ProvisionProgress =
  | { readonly stage: 'waiting' }
  | ({ readonly stage: 'download' } & DownloadProgress)
  | { readonly stage: 'unpack' }
  | { readonly stage: 'compile' }
  | { readonly stage: 'check' };

export interface ProvisionOptions {
  /** `auto`: CUDA where there is an NVIDIA driver, else CPU. */
  readonly kind?: 'auto' | 'cpu' | 'cuda';
  /** Sets up anew even where it is done. */
  readonly force?: boolean;
  readonly onProgress?: (progress: ProvisionProgress) => void;
}

export interface Provisioned {
  readonly path: string;
  readonly variant: EngineVariant;
  /** False when the cache had it already. */
  readonly built: boolean;
}

/**
 * Sets the native engine up in the user's cache: downloads TensorFlow's pip wheel, takes its libraries and headers,
 * compiles tfjs-node's binding against them, loads it once. It appears in its place whole or not at all, and two
 * processes that want it at once share one set-up.
 *
 * @throws EngineError that names what is missing and the command that mends it
 */
export async function provision(options: ProvisionOptions = {}): Promise<Provisioned> {
  const report = options.onProgress ?? (() => {});
  const wanted = options.kind ?? 'auto';
  const variant = variantFor(wanted === 'auto' ? (hasNvidiaDriver() ? 'cuda' : 'cpu') : wanted);
  if (variant === null) throw problem('platform', `${process.platform}-${process.arch}`);
  const folder = engineFolder(variant);
  const path = join(folder, BINDING_PATH);
  if (existsSync(path) && options.force !== true) return { path, variant, built: false };

  await mkdir(dirname(folder), { recursive: true }).catch((error: Error) => {
    throw problem('unwritable', error.message, error);
  });
  const release = await takeLock(`${folder}.lock`, () => report({ stage: 'waiting' }));
  try {
    // Another process may have finished it while we waited.
    if (existsSync(path) && options.force !== true) return { path, variant, built: false };
    await buildEngine(variant, folder, report);
    return { path, variant, built: true };
  } finally {
    await release();
  }
}

async function buildEngine(
  variant: EngineVariant,
  folder: string,
  report: (progress: ProvisionProgress) => void,
): Promise<void> {
  const python = findPython();
  if (python === null) throw problem('python');
  if (!hasPip(python)) throw problem('pip', python);
  const compiler = findCompiler();
  if (compiler === null) throw problem('compiler', compilerNames().join(', '));
  await requireDisk(dirname(folder), variant.diskBytes);

  const scratch = `${folder}.tmp-${process.pid}`;
  await rm(scratch, { recursive: true, force: true });
  try {
    const wheels = await downloadWheels(python, variant, join(scratch, 'wheels'), (progress) =>
      report({ stage: 'download', ...progress }),
    );
    report({ stage: 'unpack' });
    for (const wheel of wheels) {
      await unpackWheelInto(wheel, scratch);
    }
    await rm(join(scratch, 'wheels'), { recursive: true, force: true });
    report({ stage: 'compile' });
    await compileBinding(compiler, scratch);
    report({ stage: 'check' });
    const probe = probeBinding(join(scratch, BINDING_PATH));
    if (probe.version === null) throw problem('load', probe.error ?? '');
    await rm(folder, { recursive: true, force: true });
    await rename(scratch, folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function unpackWheelInto(wheel: string, folder: string): Promise<void> {
  const { unpackWheel } = await import('./unpack.ts');
  try {
    await unpackWheel(wheel, folder);
  } catch (error) {
    if (hasErrorCode(error, 'ENOSPC')) throw problem('disk', 'the disk filled up while unpacking', error);
    throw error;
  }
  await rm(wheel);
}

async function requireDisk(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free < bytes)
    throw problem('disk', `${gigabytes(bytes)} GB are needed in ${folder}, ${gigabytes(free)} GB are free`);
}

const gigabytes = (bytes: number): string => (bytes / 1024 ** 3).toFixed(1);

/** A lock file with its owner's process id; one whose owner is gone is taken over. */
async function takeLock(path: string, onWait: () => void): Promise<() => Promise<void>> {
  for (;;) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if (!hasErrorCode(error, 'EEXIST')) throw problem('unwritable', String(error), error);
    }
    const owner = Number(await readFile(path, 'utf8').catch(() => ''));
    if (owner > 0 && !isProcessAlive(owner)) await rm(path, { force: true });
    else {
      onWait();
      await sleep(500);
    }
  }
}
