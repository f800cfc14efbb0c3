import { EngineError, OutOfMemoryError } from '../../errors.ts';
import { once } from '../../once.ts';
import { isOneDnnOn } from '../environment.ts';
import { bytesOf, type OpAttribute, type TensorFlowBinding, type TensorId, TF_DTYPE } from './binding.ts';
import { hasAvx512 } from './cpu-features.ts';
import type { TensorFlowOps } from './operations.ts';

/** Memory that one or more tensors stand on. */
interface Buffer {
  readonly bytes: number;
  references: number;
}

/** Ops whose output stands on the memory of their first input. */
const SHARING = new Set(['Reshape', 'Identity']);

/**
 * Runs ops one by one, frees tensors, and keeps count of what lives. Constants are made once and kept until `close`.
 */
export class TensorFlowSession implements TensorFlowOps {
  readonly gpu: boolean;
  readonly avx512: boolean;
  readonly oneDnn: boolean;
  readonly version: string;
  readonly #binding: TensorFlowBinding;
  readonly #live = new Map<TensorId, Buffer>();
  readonly #constants = new Map<string, TensorId>();
  readonly #models: number[] = [];
  #newest: TensorId = -1;
  #bytes = 0;
  #peakBytes = 0;

  constructor(binding: TensorFlowBinding) {
    this.#binding = binding;
    this.gpu = binding.isUsingGpuDevice();
    this.avx512 = !this.gpu && hasAvx512();
    this.oneDnn = !this.gpu && process.arch === 'x64' && isOneDnnOn();
    this.version = binding.TF_Version;
  }

  run(name: string, attributes: readonly OpAttribute[], inputs: readonly TensorId[]): TensorId {
    const [output] = this.runMany(name, attributes, inputs, 1);
    if (output === undefined) throw new EngineError(`TensorFlow's ${name} gave no output.`);
    return output;
  }

  run0(name: string, attributes: readonly OpAttribute[], inputs: readonly TensorId[]): void {
    this.#execute(name, attributes, inputs, 0);
  }

  runMany(name: string, attributes: readonly OpAttribute[], inputs: readonly TensorId[], count: number): TensorId[] {
    const shared = SHARING.has(name) ? this.#live.get(inputs[0] ?? -1) : undefined;
    const ids: TensorId[] = [];
    for (const output of this.#execute(name, attributes, inputs, count)) {
      if (shared === undefined) this.#track(output.id, bytesOf(output.shape, output.dtype));
      else {
        shared.references++;
        this.#live.set(output.id, shared);
        this.#newest = output.id;
      }
      ids.push(output.id);
    }
    return ids;
  }

  /** Loads a SavedModel, which stays until `close`. */
  loadModel(folder: string, tag: string): number {
    const model = this.#attempt('the graph', () => this.#binding.loadSavedModel(folder, tag));
    this.#models.push(model);
    return model;
  }

  /**
   * Runs a loaded graph; the caller frees the outputs.
   *
   * @param names of the inputs and of the outputs, `node:output`, separated by commas
   */
  runModel(
    model: number,
    inputs: readonly TensorId[],
    names: { readonly inputs: string; readonly outputs: string },
  ): TensorId[] {
    const outputs = this.#attempt('the graph', () =>
      this.#binding.runSavedModel(model, inputs, names.inputs, names.outputs),
    );
    return outputs.map(({ id, shape, dtype }) => {
      this.#track(id, bytesOf(shape, dtype));
      return id;
    });
  }

  /** Copies values into TensorFlow. */
  upload(data: Float32Array | Int32Array, shape: readonly number[]): TensorId {
    const dtype = data instanceof Float32Array ? TF_DTYPE.float32 : TF_DTYPE.int32;
    // The binding may build the tensor on this very memory, which the caller is free to reuse, so it gets a copy.
    const id = this.#binding.createTensor(shape, dtype, data.slice());
    this.#track(id, bytesOf(shape, dtype));
    return id;
  }

  download(id: TensorId): Float32Array | Int32Array {
    return this.#binding.tensorDataSync(id);
  }

  free(id: TensorId): void {
    const buffer = this.#live.get(id);
    if (buffer === undefined) throw new EngineError(`Tensor ${id} was disposed twice, or never was.`);
    this.#live.delete(id);
    this.#binding.deleteTensor(id);
    if (--buffer.references === 0) this.#bytes -= buffer.bytes;
  }

  ints(values: readonly number[], shape: readonly number[] = [values.length]): TensorId {
    return once(this.#constants, `i${shape.join()}:${values.join()}`, () =>
      this.upload(Int32Array.from(values), shape),
    );
  }

  floats(values: readonly number[], shape: readonly number[] = [values.length]): TensorId {
    return once(this.#constants, `f${shape.join()}:${values.join()}`, () =>
      this.upload(Float32Array.from(values), shape),
    );
  }

  scalar(value: number): TensorId {
    return this.floats([value], []);
  }

  filled(value: number, shape: readonly number[]): TensorId {
    const elements = shape.reduce((product, size) => product * size, 1);
    return once(this.#constants, `c${shape.join()}:${value}`, () =>
      this.upload(new Float32Array(elements).fill(value), shape),
    );
  }

  /** Frees every tensor made since `mark`: what a failed execution leaves behind. */
  freeSince(mark: TensorId): void {
    for (const [key, id] of [...this.#constants]) if (id > mark) this.#constants.delete(key);
    for (const id of [...this.#live.keys()]) if (id > mark) this.free(id);
  }

  /** The newest tensor's number, for `freeSince`. */
  mark(): TensorId {
    return this.#newest;
  }

  memory(): { readonly tensors: number; readonly bytes: number; readonly peakBytes: number } {
    return { tensors: this.#live.size, bytes: this.#bytes, peakBytes: this.#peakBytes };
  }

  close(): void {
    this.freeSince(-1);
    for (const model of this.#models.splice(0)) this.#binding.deleteSavedModel(model);
  }

  #track(id: TensorId, bytes: number): void {
    this.#live.set(id, { bytes, references: 1 });
    this.#newest = id;
    this.#bytes += bytes;
    if (this.#bytes > this.#peakBytes) this.#peakBytes = this.#bytes;
  }

  #execute(name: string, attributes: readonly OpAttribute[], inputs: readonly TensorId[], count: number) {
    return this.#attempt(name, () => this.#binding.executeOp(name, attributes, inputs, count));
  }

  #attempt<R>(what: string, body: () => R): R {
    try {
      return body();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      if (/OOM when allocating|Invalid TF_Status: 8\b/.test(reason)) {
        throw new OutOfMemoryError(`TensorFlow ran out of memory in ${what}.`, { cause });
      }
      throw new EngineError(`TensorFlow refused ${what}: ${reason}`, { cause });
    }
  }
}
