/** GPUs by the name that environments use. Data sheets, gathered 2026-11. */
export interface GpuModel {
  readonly memoryBytes: number;
  /** Peak of ordinary float32 arithmetic, FLOP/s. */
  readonly float32Flops: number;
  /** Peak of dense TF32 on tensor cores, FLOP/s; null before Ampere. TensorFlow uses it by default. */
  readonly tf32Flops: number | null;
  /** Memory bandwidth, bytes a second. */
  readonly bandwidth: number;
}

const GB = 1e9;
const TFLOPS = 1e12;

function gpu(memory: number, float32: number, tf32: number | null, bandwidth: number): GpuModel {
  return {
    memoryBytes: memory * GB,
    float32Flops: float32 * TFLOPS,
    tf32Flops: tf32 === null ? null : tf32 * TFLOPS,
    bandwidth: bandwidth * GB,
  };
}

export const GPUS: Readonly<Record<string, GpuModel>> = {
  T4: gpu(16, 8.1, null, 320),
  V100: gpu(16, 15.7, null, 900),
  A10G: gpu(24, 31.2, 35, 600),
  L4: gpu(24, 30.3, 60, 300),
  A100: gpu(40, 19.5, 156, 1555),
  H100: gpu(80, 67, 494, 3350),
  'RTX-3060': gpu(12, 12.7, null, 360),
  'RTX-3070': gpu(8, 20.3, null, 448),
  'RTX-3090': gpu(24, 35.6, 35.6, 936),
  'RTX-4090': gpu(24, 82.6, 82, 1008),
};
