import { KERNELS_WASM } from './kernels-wasm.ts';

/**
 * Loops over the voxels of a patch, four at once: WebAssembly's vector instructions in float32, which JavaScript's loops never
 * become. Deterministic: WebAssembly's arithmetic is IEEE's on every machine.
 *
 * The module works on a memory of its own; each worker thread has one, and it grows to what the largest patch needs. A patch
 * that is made there (`placePatch`) is worked on where it stands, and any other array is copied there and back.
 */

/** What TypeScript has no types for outside of browsers. */
declare const WebAssembly: {
  readonly Memory: new (limits: {
    initial: number;
    maximum: number;
    shared: true;
  }) => { readonly buffer: SharedArrayBuffer; grow(pages: number): number };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Kernels };
};

interface Kernels {
  line(image: number, count: number, factor: number, offset: number): void;
  extremes(image: number, count: number, result: number): void;
  power(image: number, count: number, sign: number, min: number, scale: number, range: number, table: number): void;
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
  flip(data: number, nx: number, ny: number, nz: number, axes: number): void;
  interpolateRow(target: number, count: number, source: number, places: number): void;
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
/** WebAssembly's most: 4 GiB. */
const MOST_PAGES = 65_536;
/** Where arrays begin: below it the module may keep what is its own. */
const BASE = 1024;
/** Kernels read up to three values beyond an end, and write up to fifteen where normal numbers are added. */
const SLACK = 64;

interface Loaded {
  readonly memory: InstanceType<typeof WebAssembly.Memory>;
  readonly kernels: Kernels;
  /** Each time the memory grows, it gets another buffer; those of before show the same memory. */
  readonly buffers: WeakSet<ArrayBufferLike>;
}

let loaded: Loaded | null = null;

/** Where the patch ends, and room for other arrays begins. */
let patchEnd = BASE;

function load(): Loaded {
  if (loaded !== null) return loaded;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
  const module = new WebAssembly.Module(Buffer.from(KERNELS_WASM, 'base64'));
  const { exports: kernels } = new WebAssembly.Instance(module, { env: { memory } });
  loaded = { memory, kernels, buffers: new WeakSet([memory.buffer]) };
  return loaded;
}

/** Where the arrays stand that begin at `start`, one after the other, and where they end. */
function layOut(
  start: number,
  sizes: readonly number[],
): { readonly pointers: readonly number[]; readonly end: number } {
  const pointers: number[] = [];
  let end = start;
  for (const size of sizes) {
    pointers.push(end);
    end += Math.ceil((size * 4 + SLACK) / 16) * 16;
  }
  return { pointers, end };
}

function growTo(end: number): SharedArrayBuffer {
  const { memory, buffers } = load();
  if (end > memory.buffer.byteLength) {
    memory.grow(Math.ceil((end - memory.buffer.byteLength) / PAGE));
    buffers.add(memory.buffer);
  }
  return memory.buffer;
}

/**
 * Room for a patch in the kernels' memory, which need not be copied there then. It is valid until the next call.
 *
 * @returns what stood there before is still there
 */
export function placePatch(
  imageSize: number,
  labelSize: number,
): { readonly image: Float32Array; readonly label: Int32Array } {
  const { pointers, end } = layOut(BASE, [imageSize, labelSize]);
  const buffer = growTo(end);
  patchEnd = end;
  return {
    image: new Float32Array(buffer, pointers[0], imageSize),
    label: new Int32Array(buffer, pointers[1], labelSize),
  };
}

/** Room in the kernels' memory: one array after the other, of so many values each. */
interface Workspace {
  readonly kernels: Kernels;
  /** Byte offset of each array, for the kernels. */
  readonly pointers: readonly number[];
  /** The arrays themselves. */
  readonly arrays: readonly Float32Array[];
}

/** @param sizes values of each array; what they held before is still there. They are valid until the next call. */
function workspace(...sizes: readonly number[]): Workspace {
  const { kernels } = load();
  const { pointers, end } = layOut(patchEnd, sizes);
  const buffer = growTo(end);
  return { kernels, pointers, arrays: sizes.map((size, index) => new Float32Array(buffer, pointers[index], size)) };
}

/**
 * Has kernels change an array in place.
 *
 * @param sizes of other arrays that they need
 * @param work is given the array's byte offset, and room for the others
 */
export function changeInPlace(
  data: Float32Array | Int32Array,
  sizes: readonly number[],
  work: (pointer: number, room: Workspace) => void,
): void {
  if (load().buffers.has(data.buffer)) {
    work(data.byteOffset, workspace(...sizes));
    return;
  }
  const { kernels, pointers, arrays } = workspace(data.length, ...sizes);
  const [[pointer = 0, ...others], [copy, ...room]] = [pointers, arrays];
  if (copy === undefined) return;
  // Bits are moved, not numbers: labels are no floats.
  const [bits, copied] = [data, copy].map(
    ({ buffer, byteOffset, length }) => new Int32Array(buffer, byteOffset, length),
  );
  if (bits === undefined || copied === undefined) return;
  copied.set(bits);
  work(pointer, { kernels, pointers: others, arrays: room });
  bits.set(copied);
}

/** image = image · factor + offset, in float32. */
export function scaleAndShift(image: Float32Array, factor: number, offset: number): void {
  changeInPlace(image, [], (pointer, { kernels }) => kernels.line(pointer, image.length, factor, offset));
}
