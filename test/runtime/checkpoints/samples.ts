import { spatialDivisor } from '../../../compiler/graph/networks/table.ts';
import { inferenceProgram } from '../../../compiler/graph/programs.ts';
import { initialWeights } from '../../../compiler/graph/weights.ts';
import type { PlanModel } from '../../../compiler/plan/schema.ts';
import type { CheckpointContext, TrainedVectors } from '../../../runtime/checkpoints/checkpoint.ts';
import { INITIAL_PROGRESS, type Progress } from '../../../runtime/checkpoints/state.ts';
import { SWIN_UNETR } from '../../helpers/models.ts';
import { tinyPlan } from '../../helpers/tiny-plan.ts';

export const segResNet: PlanModel = tinyPlan().model;

/** The smallest that MONAI builds: windows of 7, features of 12. */
export const swinUnetr: PlanModel = { ...SWIN_UNETR, featureSize: 12 };

export function contextOf(runDir: string, model: PlanModel = segResNet): CheckpointContext {
  const [x, y, z] = spatialDivisor(model);
  const { weights } = inferenceProgram({ model, roiSize: [2 * x, 2 * y, 2 * z], batchSize: 1 });
  return { runDir, planId: 'ab'.repeat(32), formerPlans: [], seed: 7, model, weights };
}

/** Weights and optimizer state that no other seed has. */
export function vectorsOf({ weights }: CheckpointContext, seed: number): Required<TrainedVectors> {
  return {
    weights: initialWeights(weights, seed),
    state: { exp_avg: initialWeights(weights, seed + 1), exp_avg_sq: initialWeights(weights, seed + 2) },
  };
}

export function progressAt(step: number): Progress {
  return { ...INITIAL_PROGRESS, epoch: 1, stepInEpoch: step, step, epochDone: false, lossSum: step / 3 };
}
