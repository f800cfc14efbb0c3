import type { ElementType } from './element-types.ts';

/** A file of named tensors. Only what lists them is read at once; elements are read tensor by tensor. */
export interface WeightsFile {
  readonly path: string;
  readonly format: 'safetensors' | 'pytorch';
  /** In the file's order. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** safetensors' own; empty for PyTorch. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The key below which a wrapped checkpoint keeps its tensors (`state_dict`); null where they stand at the top. */
  readonly wrapper: string | null;
  close(): void;
}

export interface StoredTensor {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  /** @returns the elements as float32, row-major */
  read(): Promise<Float32Array>;
}
