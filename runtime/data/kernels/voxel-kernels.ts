import { KERNELS_WASM } from './kernels-wasm.ts';

/**
 * Loops over the voxels of a patch, four at once: WebAssembly's vector instructions in float32, which JavaScript's loops never
 * become. Deterministic: WebAssembly's arithmetic is IEEE's on every machine, and nothing of the mathematics library is used.
 *
 * The module works on a memory of its own, which images are copied to and from; each worker thread has one, and it grows to
 * what the largest patch needs.
 */

/** What TypeScript has no types for outside of browsers. */
declare const WebAssembly: {
  readonly Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Kernels };
};

interface Kernels {
  line(image: number, count: number, factor: number, offset: number): void;
  extremes(image: number, count: number, result: number): void;
  power(image: number, count: number, sign: number, min: number, scale: number, exponent: number, range: number): void;
  biasRow(row: number, count: number, table: number, stride: number, a: number, b: number, c: number, d: number): void;
  filterAxis(
    image: number,
    outer: number,
    block: number,
    step: number,
    weights: number,
    tail: number,
    padded: number,
  ): void;
  blendRows(
    target: number,
    count: number,
    rowA: number,
    rowB: number,
    rowC: number,
    rowD: number,
    weightA: number,
    weightB: number,
    weightC: number,
    weightD: number,
  ): void;
  addNormal(
    image: number,
    count: number,
    scale: number,
    block: number,
    c1: number,
    c2: number,
    c3: number,
    key0: number,
    key1: number,
  ): void;
}

const PAGE = 65_536;
/** Where images begin: below it the module may keep what is its own. */
const BASE = 1024;
/** Kernels read up to three values beyond an end. */
const SLACK = 64;

let loaded: { readonly memory: InstanceType<typeof WebAssembly.Memory>; readonly kernels: Kernels } | null = null;

function load(): NonNullable<typeof loaded> {
  if (loaded !== null) return loaded;
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(Buffer.from(KERNELS_WASM, 'base64'));
  const { exports: kernels } = new WebAssembly.Instance(module, { env: { memory } });
  loaded = { memory, kernels };
  return loaded;
}

/** Room in the kernels' memory: one array after the other, of so many values each. */
export interface Workspace {
  readonly kernels: Kernels;
  /** Byte offset of each array, for the kernels. */
  readonly pointers: readonly number[];
  /** The arrays themselves. */
  readonly arrays: readonly Float32Array[];
}

/** @param sizes values of each array; what they held before is still there. They are valid until the next call. */
export function workspace(...sizes: readonly number[]): Workspace {
  const { memory, kernels } = load();
  const pointers: number[] = [];
  let end = BASE;
  for (const size of sizes) {
    pointers.push(end);
    end += Math.ceil((size * 4 + SLACK) / 16) * 16;
  }
  if (end > memory.buffer.byteLength) memory.grow(Math.ceil((end - memory.buffer.byteLength) / PAGE));
  const arrays = sizes.map((size, index) => new Float32Array(memory.buffer, pointers[index], size));
  return { kernels, pointers, arrays };
}

/** image = image · factor + offset, in float32. */
export function scaleAndShift(image: Float32Array, factor: number, offset: number): void {
  const { kernels, pointers, arrays } = workspace(image.length);
  const [copy] = arrays;
  if (copy === undefined) return;
  copy.set(image);
  kernels.line(pointers[0] ?? 0, image.length, factor, offset);
  image.set(copy);
}
