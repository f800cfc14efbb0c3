import { GPUS, type GpuModel } from '../catalogue/gpus.ts';
import type { WorkloadTerm } from '../graph/workload.ts';
import type { PlanEnvironment } from '../plan/schema.ts';
import type { Prior, TermPrior } from './fit.ts';

/** What the terms of a training step cost on a device before anything was measured on it. */

export interface Band {
  readonly low: number;
  readonly high: number;
}

type Costs = Readonly<Record<WorkloadTerm, TermPrior>>;

/** Beyond some cores memory, not arithmetic, is the limit. */
const CORES_THAT_SCALE = 16;

/**
 * Seconds for a FLOP, a byte or an op, on one core: what op by op profiles of SegResNet, UNet and DynUNet showed on two AMD
 * EPYC cores with AVX-512 (TensorFlow 2.21 with oneDNN, November 2026), in the least disturbed of twelve configurations on a
 * machine that did other things as well, made half as fast again, which agrees with the 3.6 s that a step of SwinUNETR at 96³
 * took there undisturbed. `spread` is a judgement of how far networks lie apart.
 * bfloat16 takes half the time of float32 on cores that have instructions for it; others are many times slower.
 */
const PER_CORE: Costs = {
  convolutionFlops: { cost: 1 / 70e9, spread: 0.35 },
  bfloat16Flops: { cost: 1 / 130e9, spread: 0.5 },
  convolutionBytes: { cost: 1 / 4e9, spread: 0.5 },
  productFlops: { cost: 1 / 60e9, spread: 0.35 },
  productBytes: { cost: 1 / 6e9, spread: 0.5 },
  normalisationBytes: { cost: 1 / 3e9, spread: 0.4 },
  softmaxBytes: { cost: 1 / 2e9, spread: 0.4 },
  elementwiseBytes: { cost: 1 / 9e9, spread: 0.4 },
  movementBytes: { cost: 1 / 6e9, spread: 0.4 },
  dispatches: { cost: 20e-6, spread: 0.5 },
};

/** Cores differ by vector width, clock and memory: half or twice as fast is common. */
const CPU = { common: 0.5, noise: 0.08 } as const;

/** GPUs that nobody has measured for us: twice as fast or slow happens, by cuDNN's choice of algorithms. */
const GPU = { common: 0.45, noise: 0.1 } as const;

/**
 * The shares of a GPU's peaks that ops reach. Products: 14 of 15.7 TFLOP/s on a V100, and 116 of 156 in TF32 on an A100, were
 * measured with large matrices; the narrow ones of windowed attention reach less. 3D convolutions with 16 to 96 channels reach
 * a smaller part, above all of tensor cores. Copies reach four fifths of the bandwidth.
 */
const SHARES = {
  product: { float32: 0.7, tf32: 0.35 },
  convolution: { float32: 0.5, tf32: 0.2 },
  bandwidth: 0.7,
} as const;

/** TensorFlow's eager executor starts an op in some ten microseconds; kernels of a GPU follow one another in five. */
const GPU_DISPATCH_SECONDS = 15e-6;

/** @returns null where nothing is known of the device */
export function stepPrior(
  { gpu, cpuCores }: Pick<PlanEnvironment, 'gpu' | 'cpuCores'>,
  coresHere: number | null,
): Prior<WorkloadTerm> | null {
  if (gpu !== null) {
    const model = Object.hasOwn(GPUS, gpu.name) ? GPUS[gpu.name] : undefined;
    return model === undefined ? null : { terms: gpuCosts(model), ...GPU };
  }
  const cores = cpuCores ?? coresHere;
  return cores === null ? null : { terms: cpuCosts(cores), ...CPU };
}

function cpuCosts(cores: number): Costs {
  const scaling = Math.min(cores, CORES_THAT_SCALE);
  const shared = ({ cost, spread }: TermPrior): TermPrior => ({ cost: cost / scaling, spread });
  return {
    convolutionFlops: shared(PER_CORE.convolutionFlops),
    bfloat16Flops: shared(PER_CORE.bfloat16Flops),
    convolutionBytes: shared(PER_CORE.convolutionBytes),
    productFlops: shared(PER_CORE.productFlops),
    productBytes: shared(PER_CORE.productBytes),
    normalisationBytes: shared(PER_CORE.normalisationBytes),
    softmaxBytes: shared(PER_CORE.softmaxBytes),
    elementwiseBytes: shared(PER_CORE.elementwiseBytes),
    movementBytes: shared(PER_CORE.movementBytes),
    // Ops are started by one thread.
    dispatches: PER_CORE.dispatches,
  };
}

function gpuCosts({ float32Flops, tf32Flops, bandwidth }: GpuModel): Costs {
  const arithmetic = ({ float32, tf32 }: { readonly float32: number; readonly tf32: number }): TermPrior => ({
    cost: 1 / Math.max(float32 * float32Flops, tf32 * (tf32Flops ?? 0)),
    spread: 0.4,
  });
  const stream: TermPrior = { cost: 1 / (SHARES.bandwidth * bandwidth), spread: 0.3 };
  return {
    convolutionFlops: arithmetic(SHARES.convolution),
    bfloat16Flops: { ...arithmetic(SHARES.convolution), spread: 0.7 },
    convolutionBytes: stream,
    productFlops: arithmetic(SHARES.product),
    productBytes: stream,
    normalisationBytes: stream,
    softmaxBytes: stream,
    elementwiseBytes: stream,
    movementBytes: stream,
    dispatches: { cost: GPU_DISPATCH_SECONDS, spread: 0.5 },
  };
}
