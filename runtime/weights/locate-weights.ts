import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { WEIGHTS_FILE } from '../checkpoints/checkpoint.ts';
import { WeightsError } from '../errors.ts';
import { findRun } from '../run/find-run.ts';
import { openRun, RUN_FILE, type RunFolder } from '../run/run-folder.ts';

export type LocatedWeights =
  | { readonly kind: 'run'; readonly run: RunFolder }
  /** `run`: the run folder around the file; null where it lies elsewhere. */
  | { readonly kind: 'file'; readonly path: string; readonly run: RunFolder | null };

/**
 * What a user means by `latest`, `3f2a`, `runs/…`, `runs/…/checkpoints/best` or `pretrained.pt`.
 *
 * @param runsDir null where only paths are meant, not ids of runs
 * @throws WeightsError, or RunError, when there is no such thing
 */
export function locateWeights(
  target: string,
  { cwd, runsDir }: { readonly cwd: string; readonly runsDir: string | null },
): LocatedWeights {
  const path = resolve(cwd, target);
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!isFolder && existsSync(path)) return { kind: 'file', path, run: runAround(path) };
  if (isFolder && existsSync(join(path, RUN_FILE))) return { kind: 'run', run: openRun(path) };
  const checkpoint = join(path, WEIGHTS_FILE);
  if (existsSync(checkpoint)) return { kind: 'file', path: checkpoint, run: runAround(checkpoint) };
  const isPath = /[/\\]|\.(safetensors|ckpt|pth?)$/i.test(target);
  if (runsDir !== null && !isPath) return { kind: 'run', run: findRun(runsDir, target) };
  throw new WeightsError(path, isFolder ? `${path} is neither a run nor a checkpoint` : `there is no ${path}`, {
    help: 'name a .safetensors, .pt or .pth file, a run folder, or a folder below its `checkpoints`',
  });
}

/** The run folder that a file lies in, as checkpoints do. */
function runAround(path: string): RunFolder | null {
  let folder = dirname(path);
  for (let depth = 0; depth < 3; depth++) {
    if (existsSync(join(folder, RUN_FILE))) return openRun(folder);
    folder = dirname(folder);
  }
  return null;
}
