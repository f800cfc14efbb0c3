import { GPUS } from '../catalogue/gpus.ts';
import type { PlanEnvironment } from '../plan/schema.ts';

/** How much arithmetic a device does in training, as a band: what peaks promise and what networks reach differ. */

export interface Band {
  readonly low: number;
  readonly high: number;
}

/**
 * FLOP/s of one CPU core in a whole training step: SwinUNETR at 96³ took 3.6 s for 495 GFLOP on two Zen 5 cores with
 * AVX-512 (68 GFLOP/s a core); AVX2 cores have half of the vector width.
 */
const PER_CORE: Band = { low: 20e9, high: 75e9 };

/** Beyond some cores memory, not arithmetic, is the limit. */
const CORES_THAT_SCALE = 16;

/** The share of a GPU's float32 peak that 3D networks reach; TF32 peaks are reached to a smaller part. */
const GPU_SHARE: Band = { low: 0.2, high: 0.6 };
const TF32_SHARE = 0.35;

/** @returns FLOP/s, or null where nothing is known of the device */
export function throughput({ gpu, cpuCores }: PlanEnvironment, coresHere: number | null = null): Band | null {
  if (gpu !== null) {
    const model = Object.hasOwn(GPUS, gpu.name) ? GPUS[gpu.name] : undefined;
    if (model === undefined) return null;
    const high = Math.max(GPU_SHARE.high * model.float32Flops, TF32_SHARE * (model.tf32Flops ?? 0));
    return { low: GPU_SHARE.low * model.float32Flops, high };
  }
  const cores = cpuCores ?? coresHere;
  if (cores === null) return null;
  const scaling = Math.min(cores, CORES_THAT_SCALE);
  return { low: PER_CORE.low * scaling, high: PER_CORE.high * scaling };
}
