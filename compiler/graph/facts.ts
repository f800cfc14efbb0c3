import type { ModelFacts } from '../plan/schema.ts';
import { stateNames } from './optimizers/table.ts';
import type { TrainingSettings } from './programs.ts';
import { trainingProgram } from './programs.ts';
import { BYTES_PER_ELEMENT } from './shapes.ts';
import { trainingWork, type Workload } from './workload.ts';

/** What the graph says of a training step before anything runs. */
export interface StepDescription {
  readonly facts: ModelFacts;
  readonly workload: Workload;
}

export function describeStep(settings: TrainingSettings): StepDescription {
  const program = trainingProgram(settings);
  const { weights, weightCount, step, recomputation, forwardFlops } = program;
  const { flops, workload } = trainingWork(program);
  const vectors = 2 + stateNames(settings.optimizer).length; // weights and gradient
  const facts = {
    parameters: weightCount,
    parameterTensors: weights.length,
    forwardFlops,
    stepFlops: flops,
    stateBytes: vectors * weightCount * BYTES_PER_ELEMENT.float32,
    activationPeakBytes: step.activationPeakBytes,
    recomputedTensors: recomputation?.tensors ?? 0,
    recomputedBytes: recomputation?.savedBytes ?? 0,
    recomputedFlops: recomputation?.extraFlops ?? 0,
  };
  return { facts, workload };
}
