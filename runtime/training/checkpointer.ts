import { join } from 'node:path';
import type { PlanSchedule } from '../../compiler/plan/schema.ts';
import { assertNever } from '../../dsl/assert-never.ts';
import {
  type CheckpointContext,
  type CheckpointKind,
  checkpointPath,
  saveCheckpoint,
} from '../checkpoints/checkpoint.ts';
import type { Progress } from '../checkpoints/state.ts';
import { NumericError } from '../errors.ts';
import type { EventWriter } from '../events/write.ts';
import type { Learner } from './learner.ts';
import { describeNotFinite, findNotFinite } from './not-finite.ts';

/** Decides when to save, saves, and says so. */
export interface Checkpointer {
  /** Between steps: by steps or minutes, if the plan says so. */
  afterStep(progress: Progress): Promise<void>;
  /** When an epoch is done with validation and all: by epochs. */
  afterEpoch(progress: Progress): Promise<void>;
  /** @returns the hash of the weights; a state that is saved already is not saved again */
  save(kind: CheckpointKind, progress: Progress): Promise<string>;
  /** The checkpoint to fall back to, by its path in the run folder and its whole one; null before the first. */
  lastSaved(): { readonly path: string; readonly folder: string; readonly step: number } | null;
}

export function createCheckpointer(
  context: CheckpointContext,
  every: PlanSchedule['checkpointEvery'],
  learner: Learner,
  events: EventWriter,
  resumedFrom: Progress | null,
): Checkpointer {
  let lastSave = performance.now();
  let lastStep = resumedFrom?.step ?? null;
  const saved: Partial<Record<CheckpointKind, { readonly progress: Progress; readonly weightsHash: string }>> = {};

  const save = async (kind: CheckpointKind, progress: Progress): Promise<string> => {
    const before = saved[kind];
    if (before !== undefined && isSame(before.progress, progress)) return before.weightsHash;
    const { weights, state } = await learner.vectors();
    refuseSpoilt(context, progress, [weights, ...(state?.trained === undefined ? [] : [state.trained])]);
    const vectors = { weights, state: kind === 'last' ? state : null };
    const { path, weightsHash } = saveCheckpoint(context, kind, vectors, progress);
    events.write({ type: 'checkpoint', kind, epoch: progress.epoch, step: progress.step, path, weightsHash });
    saved[kind] = { progress, weightsHash };
    if (kind === 'last') {
      lastSave = performance.now();
      lastStep = progress.step;
    }
    return weightsHash;
  };

  return {
    save,
    lastSaved: () => {
      const path = checkpointPath('last');
      return lastStep === null ? null : { path, folder: join(context.runDir, path), step: lastStep };
    },
    afterStep: async (progress) => {
      if (isDueAfterStep(every, progress.step, (performance.now() - lastSave) / 60_000)) await save('last', progress);
    },
    afterEpoch: async (progress) => {
      if (every.unit === 'epochs' && progress.epoch % Math.max(1, Math.round(every.value)) === 0)
        await save('last', progress);
    },
  };
}

/** One that cannot be gone on from must not take the place of one that can. @throws NumericError */
function refuseSpoilt(context: CheckpointContext, { step }: Progress, vectors: readonly Float32Array[]): void {
  const [found] = vectors.flatMap((vector) => findNotFinite(context.weights, vector, 'input') ?? []);
  if (found === undefined) return;
  throw new NumericError(step, 'weights', `the weights after step ${step} are ${describeNotFinite(found)}`, {
    help: 'they are not saved: lower learning_rate; the checkpoint before is kept',
  });
}

function isDueAfterStep(every: PlanSchedule['checkpointEvery'], step: number, minutesSince: number): boolean {
  switch (every.unit) {
    case 'epochs':
      return false;
    case 'steps':
      return step % Math.max(1, Math.round(every.value)) === 0;
    case 'minutes':
      return minutesSince >= every.value;
    default:
      return assertNever(every.unit);
  }
}

function isSame(a: Progress, b: Progress): boolean {
  return a.step === b.step && a.epoch === b.epoch && a.epochDone === b.epochDone;
}
