import type { PlanEnvironment } from '../plan/schema.ts';

/** How much memory an environment has for a training step. */

/** The share of main memory that a machine's own system and data workers leave. */
const CPU_USABLE = 0.9;
/** Drivers keep some of a GPU's memory. */
const GPU_USABLE = 0.94;

export interface MemoryLimit {
  readonly total: number;
  readonly usable: number;
  readonly onGpu: boolean;
  /** `T4`, or the environment's name. */
  readonly device: string;
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
