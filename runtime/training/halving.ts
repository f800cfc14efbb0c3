import { readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { WatchedMetric } from '../../compiler/plan/schema.ts';
import type { Progress } from '../checkpoints/state.ts';
import { readEvents } from '../events/read.ts';
import type { EventWriter } from '../events/write.ts';
import { folderIn } from '../run/folder-trouble.ts';
import { openMatrix, RUNGS_FOLDER, readMatrixFile } from '../run/matrix-folder.ts';
import type { RunFolder } from '../run/run-folder.ts';

/**
 * Asynchronous successive halving (Li et al. 2020) in its stopping form, as Optuna's pruner and Ray Tune's scheduler have it:
 * whoever comes to a rung is compared with those that have come there before, and waits for nobody.
 *
 * Each run of a sweep judges itself, so that it is the same for runs of one machine and for jobs of a cluster. What the
 * others have reached stands in `rungs/<epoch>/` of the matrix folder, an empty file a run, named `007=0.8134`.
 */
export interface HalvingJudge {
  /** Whether the run stops after the epoch that has just been done. A verdict that stands in the record is not changed. */
  holdsBack(progress: Progress): boolean;
}

/** Null for a run of its own, of a sweep without halving, and for one that a person lets go on after it was held back. */
export function openHalving({ dir, info }: RunFolder, events: EventWriter): HalvingJudge | null {
  const matrix = info.group === null ? null : openMatrix(dirname(dir));
  if (matrix === null) return null;
  const { halving, rankedBy } = readMatrixFile(matrix).matrix;
  if (halving === null) return null;
  const earlier = readEvents(dir);
  if (earlier.some((event) => event.type === 'run_finished' && event.status === 'stopped_early')) return null;
  const verdicts = new Map(earlier.flatMap((event) => (event.type === 'rung' ? [[event.epoch, event.goesOn]] : [])));
  return {
    holdsBack: ({ epoch, best }) => {
      if (!halving.rungs.includes(epoch)) return false;
      const verdict = verdicts.get(epoch);
      if (verdict !== undefined) return !verdict;
      const value = best?.value ?? null;
      const reached = arrive(folderIn(folderIn(matrix.dir, RUNGS_FOLDER), String(epoch)), basename(dir), value);
      const judged = judge(value, reached, halving.factor, rankedBy.mode);
      events.write({ type: 'rung', epoch, value, ...judged });
      return !judged.goesOn;
    },
  };
}

/**
 * @param reached the values of all runs at the rung, with this one's
 * @returns how many are better, and whether fewer are than may go on: a share of `1 / factor`, and at least one
 */
export function judge(
  value: number | null,
  reached: readonly (number | null)[],
  factor: number,
  mode: WatchedMetric['mode'],
): { readonly runs: number; readonly better: number; readonly goesOn: boolean } {
  // What was not measured is worse than anything.
  const worth = (of: number | null) =>
    of === null || Number.isNaN(of) ? Number.NEGATIVE_INFINITY : mode === 'max' ? of : -of;
  const better = reached.filter((other) => worth(other) > worth(value)).length;
  const places = Math.max(1, Math.floor(reached.length / factor));
  return { runs: reached.length, better, goesOn: better < places };
}

/** Leaves a run's value at a rung, and looks at all that are there. */
function arrive(rung: string, run: string, value: number | null): readonly (number | null)[] {
  writeFileSync(join(rung, `${run}=${value ?? 'none'}`), '');
  const values = readdirSync(rung).map((name): [string, number | null] => {
    const [other = '', text = 'none'] = name.split('=');
    return [other, text === 'none' ? null : Number(text)];
  });
  return [...new Map([...values, [run, value]]).values()];
}
