import { BYTES_PER_ELEMENT } from '../graph/shapes.ts';
import type { ModelFacts } from './schema.ts';

/**
 * What a training step takes of a device, from what the graph knows exactly. The factors are fitted to the peak resident
 * set of the whole trainer process (tfjs-node on TensorFlow 2.21, two AVX2 cores, AdamW, batch 1, November 2026):
 *
 * | network, patch         | state   | activations | resident, measured | by these factors |
 * | SegResNet 8, 16³       | 0.02 GB | 0.01 GB     | 0.54 GB            | 0.55 GB          |
 * | SegResNet 16, 64³      | 0.08 GB | 0.32 GB     | 1.21 GB            | 1.08 GB          |
 * | SegResNet 16, 96³      | 0.08 GB | 1.02 GB     | 2.22 GB            | 1.98 GB          |
 * | SwinUNETR 24, 64³      | 0.25 GB | 1.26 GB     | 2.79 GB            | 2.73 GB          |
 * | SwinUNETR 24, 96³      | 0.25 GB | 3.43 GB     | 5.26 GB            | 5.51 GB          |
 */
const CPU = {
  /** Node, TensorFlow and its thread pools, before the first step. */
  base: 0.49e9,
  /** Weights, gradient and moments, what the update makes of them anew, and the copy that a checkpoint writes. */
  perStateByte: 2.5,
  /** Workspaces of convolutions, and what the allocator loses to fragments. */
  perActivationByte: 1.28,
} as const;

/** Not measured by us: a CUDA context with cuDNN and cuBLAS, and the workspaces that cuDNN asks for. */
const GPU = { base: 0.8e9, perStateByte: 1, perActivationByte: 1.15 } as const;

/** What the graph says of the memory of a step. */
export type StepMemory = Pick<ModelFacts, 'parameters' | 'stateBytes' | 'activationPeakBytes'>;

export interface MemoryNeed {
  /** Tensors alone, when most of them live, without the batch: see `tensorPeak`. */
  readonly least: number;
  /** As the system counts it: with the engine's base and workspaces. An estimate, within 15 % where it was measured. */
  readonly expected: number;
}

export function memoryNeed(facts: StepMemory, onGpu: boolean): MemoryNeed {
  const { stateBytes, activationPeakBytes } = facts;
  const { base, perStateByte, perActivationByte } = memoryFactors(onGpu);
  const expected = base + perStateByte * stateBytes + perActivationByte * activationPeakBytes;
  return { least: tensorPeak(facts), expected };
}

/**
 * Weights and optimizer state live throughout. The gradient is not counted with them: the last step's is gone before a step
 * begins, and the one in the making is among the activations.
 */
function tensorPeak({ parameters, stateBytes, activationPeakBytes }: StepMemory): number {
  return stateBytes - parameters * BYTES_PER_ELEMENT.float32 + activationPeakBytes;
}

/** What a step takes is linear in what the graph knows: the coefficients, in bytes and bytes a byte. */
export interface MemoryFactors {
  readonly base: number;
  readonly perStateByte: number;
  readonly perActivationByte: number;
}

export function memoryFactors(onGpu: boolean): MemoryFactors {
  return onGpu ? GPU : CPU;
}

/**
 * What activations may take so that all of a step takes `bytes`: the other way round than `memoryNeed`.
 *
 * @returns null where state and base alone take more
 */
export function activationsWithin(bytes: number, { stateBytes }: ModelFacts, onGpu: boolean): number | null {
  const { base, perStateByte, perActivationByte } = memoryFactors(onGpu);
  const rest = bytes - base - perStateByte * stateBytes;
  return rest <= 0 ? null : Math.floor(rest / perActivationByte);
}
