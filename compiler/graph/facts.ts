import type { StepMemory } from '../plan/memory-need.ts';
import type { ModelFacts } from '../plan/schema.ts';
import { stateNames } from './optimizers/table.ts';
import type { TrainingSettings } from './programs.ts';
import { trainingProgram, wholeStep } from './programs.ts';
import { BYTES_PER_ELEMENT } from './shapes.ts';
import { trainingWork, type Workload } from './workload.ts';

/** What the graph says of a training step before anything runs. */
export interface StepDescription {
  readonly facts: ModelFacts;
  readonly workload: Workload;
}

/** What a step holds, without what it computes: all that `exp check` has to know where a step fits. */
export function memoryOfStep(settings: TrainingSettings): StepMemory {
  const { g, step } = wholeStep(settings);
  return {
    parameters: g.weightCount,
    stateBytes: stateBytes(settings, g.weightCount),
    activationPeakBytes: step.activationPeakBytes,
  };
}

function stateBytes({ optimizer }: TrainingSettings, weightCount: number): number {
  const vectors = 2 + stateNames(optimizer).length; // weights and gradient
  return vectors * weightCount * BYTES_PER_ELEMENT.float32;
}

export function describeStep(settings: TrainingSettings): StepDescription {
  const program = trainingProgram(settings);
  const { weights, weightCount, step, recomputation, forwardFlops } = program;
  const { flops, workload } = trainingWork(program);
  const facts = {
    parameters: weightCount,
    parameterTensors: weights.length,
    forwardFlops,
    stepFlops: flops,
    stateBytes: stateBytes(settings, weightCount),
    activationPeakBytes: step.activationPeakBytes,
    recomputedTensors: recomputation?.tensors ?? 0,
    recomputedBytes: recomputation?.savedBytes ?? 0,
    recomputedFlops: recomputation?.extraFlops ?? 0,
  };
  return { facts, workload };
}
