/** Element types of stored tensors, by safetensors' names: how wide each is and what number its little-endian bytes are. */

interface ElementTypeFacts {
  readonly bytes: number;
  readonly read: (view: DataView, at: number, littleEndian: boolean) => number;
}

const TYPES = {
  F64: { bytes: 8, read: (view, at, little) => view.getFloat64(at, little) },
  F32: { bytes: 4, read: (view, at, little) => view.getFloat32(at, little) },
  F16: { bytes: 2, read: (view, at, little) => halfToNumber(view.getUint16(at, little)) },
  BF16: { bytes: 2, read: (view, at, little) => bfloat16ToNumber(view.getUint16(at, little)) },
  I64: { bytes: 8, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  I32: { bytes: 4, read: (view, at, little) => view.getInt32(at, little) },
  I16: { bytes: 2, read: (view, at, little) => view.getInt16(at, little) },
  I8: { bytes: 1, read: (view, at) => view.getInt8(at) },
  U8: { bytes: 1, read: (view, at) => view.getUint8(at) },
  BOOL: { bytes: 1, read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
} as const satisfies Readonly<Record<string, ElementTypeFacts>>;

export type ElementType = keyof typeof TYPES;

export const ELEMENT_TYPES: Readonly<Record<ElementType, ElementTypeFacts>> = TYPES;

export function isElementType(name: string): name is ElementType {
  return Object.hasOwn(TYPES, name);
}

/** Which elements of a buffer a tensor is, counted in elements. */
export interface TensorLayout {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly offset: number;
  /** How far apart neighbours along each axis are. */
  readonly strides: readonly number[];
}

export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--)
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  return strides;
}

/**
 * A tensor's elements as float32, row-major.
 *
 * @param bytes hold every element that the layout names
 */
export function readElements(bytes: Uint8Array, layout: TensorLayout, littleEndian = true): Float32Array {
  const { dtype, shape, offset, strides } = layout;
  const { bytes: width, read } = ELEMENT_TYPES[dtype];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const elements = new Float32Array(shape.reduce((product, size) => product * size, 1));
  const position = new Array<number>(shape.length).fill(0);
  const inner = shape.at(-1) ?? 1;
  const innerStride = strides.at(-1) ?? 1;
  let row = offset;
  for (let index = 0; index < elements.length; ) {
    for (let k = 0; k < inner; k++) elements[index++] = read(view, (row + k * innerStride) * width, littleEndian);
    // The next row: count up from the second-last axis.
    for (let axis = shape.length - 2; axis >= 0; axis--) {
      const stride = strides[axis] ?? 0;
      const next = (position[axis] ?? 0) + 1;
      if (next < (shape[axis] ?? 1)) {
        position[axis] = next;
        row += stride;
        break;
      }
      row -= stride * (next - 1);
      position[axis] = 0;
    }
  }
  return elements;
}

/** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const scratch = new DataView(new ArrayBuffer(4));

/** The upper half of a float32. */
function bfloat16ToNumber(bits: number): number {
  scratch.setUint32(0, bits * 0x10000);
  return scratch.getFloat32(0);
}
