import type { OpAttribute, TensorId } from './binding.ts';

/**
 * TensorFlow as the kernels see it. A `TensorFlowSession` runs what they ask for; a `GraphRecorder` writes it down, to be
 * run as a whole.
 *
 * Small constants (shapes, axes, scalars) belong to it; everything else the kernels free.
 */
export interface TensorFlowOps {
  readonly gpu: boolean;
  /** Whether TensorFlow runs on a CPU where oneDNN has AVX-512. */
  readonly avx512: boolean;
  /** Whether TensorFlow runs on an x86 CPU with oneDNN. */
  readonly oneDnn: boolean;
  /** Runs an op with one output. */
  run(name: string, attributes: readonly OpAttribute[], inputs: readonly TensorId[]): TensorId;
  /** Runs an op that has no output. */
  run0(name: string, attributes: readonly OpAttribute[], inputs: readonly TensorId[]): void;
  /** Runs an op; the caller frees its outputs. */
  runMany(name: string, attributes: readonly OpAttribute[], inputs: readonly TensorId[], count: number): TensorId[];
  free(id: TensorId): void;
  /** An int32 constant. @param shape a vector of all values unless told otherwise; `[]` for a scalar */
  ints(values: readonly number[], shape?: readonly number[]): TensorId;
  /** A float32 constant. */
  floats(values: readonly number[], shape?: readonly number[]): TensorId;
  scalar(value: number): TensorId;
  /** A float32 constant of one repeated value. */
  filled(value: number, shape: readonly number[]): TensorId;
}
