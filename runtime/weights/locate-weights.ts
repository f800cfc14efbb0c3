import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type CheckpointKind, checkpointPath, WEIGHTS_FILE } from '../checkpoints/checkpoint.ts';
import { WeightsError } from '../errors.ts';
import { findRun, findTarget } from '../run/find-run.ts';
import { listRuns, openRun, RUN_FILE, type RunFolder } from '../run/run-folder.ts';

export type LocatedWeights =
  /** `passedOver`: the latest run, where it has no weights and this one stands in for it. */
  | { readonly kind: 'run'; readonly run: RunFolder; readonly passedOver: string | null }
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
  if (isFolder && existsSync(join(path, RUN_FILE))) return { kind: 'run', run: openRun(path), passedOver: null };
  const checkpoint = join(path, WEIGHTS_FILE);
  if (existsSync(checkpoint)) return { kind: 'file', path: checkpoint, run: runAround(checkpoint) };
  const isPath = /[/\\]|\.(safetensors|ckpt|pth?)$/i.test(target);
  if (runsDir !== null && target === 'latest') return latestWithWeights(runsDir);
  if (runsDir !== null && !isPath) return { kind: 'run', run: findRun(runsDir, target), passedOver: null };
  throw new WeightsError(path, isFolder ? `${path} is neither a run nor a checkpoint` : `there is no ${path}`, {
    help: 'name a .safetensors, .pt or .pth file, a run folder, or a folder below its `checkpoints`',
  });
}

/**
 * Of what was started last, where that has none yet or failed before it had: of the run before it.
 *
 * @throws RunError when the latest with weights are the runs of a matrix, of which one has to be named, or when there is none
 */
function latestWithWeights(runsDir: string): LocatedWeights {
  const latest = findTarget(runsDir, 'latest');
  if (latest.kind === 'matrix') return { kind: 'run', run: findRun(runsDir, latest.id), passedOver: null };
  const run = listRuns(runsDir).find(({ dir }) =>
    CHECKPOINT_KINDS.some((kind) => existsSync(join(dir, checkpointPath(kind), WEIGHTS_FILE))),
  );
  if (run === undefined || run.id === latest.id) return { kind: 'run', run: latest.run, passedOver: null };
  return { kind: 'run', run, passedOver: latest.id };
}

const CHECKPOINT_KINDS: readonly CheckpointKind[] = ['best', 'last'];

/** What to tell of a stand-in for the latest run; null where there is none. */
export function standInText(located: LocatedWeights): string | null {
  if (located.kind === 'file' || located.passedOver === null) return null;
  return `${located.passedOver} has no weights: \`latest\` is ${located.run.id}, the latest run that has some`;
}

/**
 * The file of weights itself; of a run, that of the named checkpoint.
 *
 * @param checkpoint null: the best, or the last where there is no best
 * @throws WeightsError when the run has no such checkpoint
 */
export function weightsFileOf(located: LocatedWeights, checkpoint: CheckpointKind | null): string {
  if (located.kind === 'file') return located.path;
  const { run } = located;
  const kinds: readonly CheckpointKind[] = checkpoint === null ? ['best', 'last'] : [checkpoint];
  const file = kinds.map((kind) => join(run.dir, checkpointPath(kind), WEIGHTS_FILE)).find((path) => existsSync(path));
  if (file !== undefined) return file;
  throw new WeightsError(run.dir, `${run.id} has no checkpoint ${kinds.join(' or ')}`, {
    help: 'a run has one after its first epoch; see what there is with `exp show`',
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
