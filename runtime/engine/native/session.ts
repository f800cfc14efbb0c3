import { EngineError, OutOfMemoryError } from '../../errors.ts';
import { bytesOf, type OpAttribute, type TensorFlowBinding, type TensorId, TF_DTYPE } from './binding.ts';
import { hasAvx512 } from './cpu-features.ts';

/** Memory that one or more tensors stand on. */
interface Buffer {
  readonly bytes: number;
  references: number;
}

/** Ops whose output stands on the memory of their first input. */
const SHARING = new Set(['Reshape', 'Identity']);

/**
 * TensorFlow as the kernels see it: runs ops, frees tensors, and keeps count of what lives.
 *
 * Small constants (shapes, axes, scalars) are made once and kept until `close`.
 */
export class TensorFlowSession {
  readonly gpu: boolean;
  /** Whether TensorFlow runs on a CPU where oneDNN has AVX-512. */
  readonly avx512: boolean;
  readonly version: string;
  readonly #binding: TensorFlowBinding;
  readonly #live = new Map<TensorId, Buffer>();
  readonly #constants = new Map<string, TensorId>();
  #newest: TensorId = -1;
  #bytes = 0;
  #peakBytes = 0;

  constructor(binding: TensorFlowBinding) {
    this.#binding = binding;
    this.gpu = binding.isUsingGpuDevice();
    this.avx512 = !this.gpu && hasAvx512();
    this.version = binding.TF_Version;
  }

  /** Runs an op with one output. */
  run(name: string, attributes: readonly OpAttribute[], inputs: readonly TensorId[]): TensorId {
    const [output] = this.runMany(name, attributes, inputs, 1);
    if (output === undefined) throw new EngineError(`TensorFlow's ${name} gave no output.`);
    return output;
  }

  /** Runs an op that has no output. */
  run0(name: string, attributes: readonly OpAttribute[], inputs: readonly TensorId[]): void {
    this.#execute(name, attributes, inputs, 0);
  }

  /** Runs an op; the caller frees its outputs. */
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

  /** An int32 constant. @param shape a vector of all values unless told otherwise; `[]` for a scalar */
  ints(values: readonly number[], shape: readonly number[] = [values.length]): TensorId {
    return this.#constant(`i${shape.join()}:${values.join()}`, () => this.upload(Int32Array.from(values), shape));
  }

  /** A float32 constant. */
  floats(values: readonly number[], shape: readonly number[] = [values.length]): TensorId {
    return this.#constant(`f${shape.join()}:${values.join()}`, () => this.upload(Float32Array.from(values), shape));
  }

  scalar(value: number): TensorId {
    return this.floats([value], []);
  }

  /** A float32 constant of one repeated value. */
  filled(value: number, shape: readonly number[]): TensorId {
    const elements = shape.reduce((product, size) => product * size, 1);
    return this.#constant(`c${shape.join()}:${value}`, () =>
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
  }

  #constant(key: string, make: () => TensorId): TensorId {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const id = make();
    this.#constants.set(key, id);
    return id;
  }

  #track(id: TensorId, bytes: number): void {
    this.#live.set(id, { bytes, references: 1 });
    this.#newest = id;
    this.#bytes += bytes;
    if (this.#bytes > this.#peakBytes) this.#peakBytes = this.#bytes;
  }

  #execute(name: string, attributes: readonly OpAttribute[], inputs: readonly TensorId[], count: number) {
    try {
      return this.#binding.executeOp(name, attributes, inputs, count);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      if (/OOM when allocating|Invalid TF_Status: 8\b/.test(reason)) {
        throw new OutOfMemoryError(`TensorFlow ran out of memory in ${name}.`, { cause });
      }
      throw new EngineError(`TensorFlow refused ${name}: ${reason}`, { cause });
    }
  }
}
