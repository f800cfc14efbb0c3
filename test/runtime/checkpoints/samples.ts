import { inferenceProgram } from '../../../compiler/graph/programs.ts';
import { initialWeights } from '../../../compiler/graph/weights.ts';
import type { PlanModel } from '../../../compiler/plan/schema.ts';
import type { CheckpointContext, TrainedVectors } from '../../../runtime/checkpoints/checkpoint.ts';
import { INITIAL_PROGRESS, type Progress } from '../../../runtime/checkpoints/state.ts';
import { tinyPlan } from '../../helpers/tiny-plan.ts';

export const segResNet: PlanModel = tinyPlan().model;

/** The smallest that MONAI builds: windows of 7, features of 12. */
export const swinUnetr: PlanModel = {
  name: 'SwinUNETR',
  inChannels: 1,
  outChannels: 2,
  featureSize: 12,
  depths: [2, 2, 2, 2],
  numHeads: [3, 6, 12, 24],
  windowSize: 7,
};

export function contextOf(runDir: string, model: PlanModel = segResNet): CheckpointContext {
  const side = model.name === 'SwinUNETR' ? 64 : 16;
  const { weights } = inferenceProgram({ model, roiSize: [side, side, side], batchSize: 1 });
  return { runDir, planId: 'ab'.repeat(32), seed: 7, model, weights };
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
