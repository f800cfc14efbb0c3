import { createRequire } from 'node:module';

/** tfjs-node's C++ binding, spoken to directly: tensors are integers, and every TensorFlow op runs by name. */

/** TensorFlow's TF_AttrType. */
export const ATTR = { string: 0, int: 1, float: 2, bool: 3, type: 4, shape: 5 } as const;

/** TensorFlow's TF_DataType. */
export const TF_DTYPE = { float32: 1, int32: 3, bfloat16: 14 } as const;

export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: string | number | boolean | readonly number[] | readonly string[];
}

/** Attributes of TensorFlow ops: made once for each node of a schedule, never while it runs. */
export const attr = {
  string: (name: string, value: string): OpAttribute => ({ name, type: ATTR.string, value }),
  /** For graphs alone: the binding does not take it for an op by itself. */
  strings: (name: string, value: readonly string[]): OpAttribute => ({ name, type: ATTR.string, value }),
  int: (name: string, value: number): OpAttribute => ({ name, type: ATTR.int, value }),
  ints: (name: string, value: readonly number[]): OpAttribute => ({ name, type: ATTR.int, value }),
  float: (name: string, value: number): OpAttribute => ({ name, type: ATTR.float, value }),
  bool: (name: string, value: boolean): OpAttribute => ({ name, type: ATTR.bool, value }),
  shape: (name: string, value: readonly number[]): OpAttribute => ({ name, type: ATTR.shape, value }),
  dtype: (name: string, value: keyof typeof TF_DTYPE): OpAttribute => ({
    name,
    type: ATTR.type,
    value: TF_DTYPE[value],
  }),
} as const;

/** A tensor's number in the binding; numbers only ever grow. */
export type TensorId = number;

export interface TensorMetadata {
  readonly id: TensorId;
  readonly shape: readonly number[];
  readonly dtype: number;
}

export interface TensorFlowBinding {
  /** May keep a reference to `data` instead of copying it. */
  createTensor(shape: readonly number[], dtype: number, data: Float32Array | Int32Array): TensorId;
  deleteTensor(id: TensorId): void;
  tensorDataSync(id: TensorId): Float32Array | Int32Array;
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly TensorId[],
    outputs: number,
  ): TensorMetadata[];
  /** Loads a SavedModel from its folder. */
  loadSavedModel(folder: string, tag: string): number;
  /** Runs a part of its graph. @param inputs what `inputNames` stand for; names are `node:output`, separated by commas */
  runSavedModel(model: number, inputs: readonly TensorId[], inputNames: string, outputNames: string): TensorMetadata[];
  deleteSavedModel(model: number): void;
  isUsingGpuDevice(): boolean;
  getNumOfTensors(): number;
  readonly TF_Version: string;
}

/** Loads a `tfjs_binding.node`. @throws whatever the dynamic linker says, when TensorFlow's libraries are not beside it */
export function loadBinding(path: string): TensorFlowBinding {
  const binding: TensorFlowBinding = createRequire(import.meta.url)(path);
  return binding;
}

export function bytesOf(shape: readonly number[], dtype: number): number {
  let elements = 1;
  for (const size of shape) elements *= size;
  return elements * (dtype === TF_DTYPE.bfloat16 ? 2 : 4);
}
