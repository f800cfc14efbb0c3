import type { DType, Schedule, Shape } from '../../compiler/graph/types.ts';

/** The engine: executes schedules. `runtime/engine/` is the only place that knows TensorFlow or tfjs. */

/** A tensor that lives in the engine. Whoever is given one disposes it. */
export interface TensorHandle {
  readonly id: number;
  readonly shape: Shape;
  readonly dtype: DType;
}

export interface EngineInfo {
  readonly backend: 'tensorflow-cuda' | 'tensorflow-cpu' | 'wasm' | 'cpu';
  readonly version: string;
  readonly device: string;
  readonly threads: number;
  readonly oneDnn: boolean;
  /** Why a slower engine had to do and what mends it; null when it is the best this machine has. */
  readonly notice: string | null;
}

export type Tensors = Readonly<Record<string, TensorHandle>>;

export interface Engine {
  readonly info: EngineInfo;
  /** Copies `data` into the engine. */
  upload(data: Float32Array | Int32Array, shape: Shape): TensorHandle;
  /** Copies a tensor out; the tensor stays. */
  download(tensor: TensorHandle): Promise<Float32Array | Int32Array>;
  dispose(...tensors: readonly TensorHandle[]): void;
  /**
   * Runs a schedule. Inputs stay the caller's, except those that an optimizer's op consumes (weights and state). Outputs are
   * new tensors that the caller disposes. Constants are uploaded once per schedule and kept until `close`.
   *
   * @param inputs every input of the graph by name, with exactly its shape and dtype
   */
  execute(schedule: Schedule, inputs: Tensors): Record<string, TensorHandle>;
  /** Live tensors and their bytes, constants included. */
  memory(): { readonly tensors: number; readonly bytes: number; readonly peakBytes: number };
  close(): void;
}
