import type { ModelFacts, PlanEnvironment } from '../plan/schema.ts';

/** How much memory a training step takes, and how much an environment has for it. */

/** A process with TensorFlow loaded and its thread pools: measured 0.5 to 0.7 GB resident before the first step. */
const CPU_OVERHEAD = 0.7e9;
/** CUDA context, cuDNN and cuBLAS handles. */
const GPU_OVERHEAD = 0.8e9;
/** Workspaces of convolutions and what an allocator loses to fragments, as a share of activations. */
const WORKSPACE_SHARE = 0.15;
/** The share of main memory that a machine's own system and data workers leave. */
const CPU_USABLE = 0.9;
/** Drivers keep some of a GPU's memory. */
const GPU_USABLE = 0.94;

export interface MemoryNeed {
  /** Weights, gradients, optimizer state and live activations: no step can do with less. */
  readonly least: number;
  /** With overhead and workspaces. An estimate. */
  readonly expected: number;
}

export function memoryNeed(facts: ModelFacts, onGpu: boolean): MemoryNeed {
  const least = facts.stateBytes + facts.activationPeakBytes;
  const overhead = onGpu ? GPU_OVERHEAD : CPU_OVERHEAD;
  return { least, expected: least + WORKSPACE_SHARE * facts.activationPeakBytes + overhead };
}

export interface MemoryLimit {
  readonly total: number;
  readonly usable: number;
  readonly onGpu: boolean;
  /** `T4`, or the environment's name. */
  readonly device: string;
}

/**
 * What activations may take so that all of a step takes `bytes`: the other way round than `memoryNeed`.
 *
 * @returns null where state and overhead alone take more
 */
export function activationsWithin(bytes: number, { stateBytes }: ModelFacts, onGpu: boolean): number | null {
  const rest = bytes - stateBytes - (onGpu ? GPU_OVERHEAD : CPU_OVERHEAD);
  return rest <= 0 ? null : Math.floor(rest / (1 + WORKSPACE_SHARE));
}

/**
 * @param allowed what the experiment allows itself, in bytes; null is all there is
 * @returns null where neither says
 */
export function memoryLimit(environment: PlanEnvironment, allowed: number | null): MemoryLimit | null {
  const device = deviceMemory(environment);
  if (allowed === null || (device !== null && device.usable <= allowed)) return device;
  return { total: allowed, usable: allowed, onGpu: environment.gpu !== null, device: '`memory`' };
}

function deviceMemory({ gpu, memoryBytes, name }: PlanEnvironment): MemoryLimit | null {
  if (gpu !== null) {
    return { total: gpu.memoryBytes, usable: gpu.memoryBytes * GPU_USABLE, onGpu: true, device: gpu.name };
  }
  if (memoryBytes === null) return null;
  return { total: memoryBytes, usable: memoryBytes * CPU_USABLE, onGpu: false, device: name };
}

export function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
