/**
 * NIfTI voxel types that are read as numbers.
 *
 * @see nifti1.h, DT_* codes
 */
export const NUMERIC_TYPES = {
  2: { name: 'uint8', bytes: 1, view: (buffer: ArrayBuffer) => new Uint8Array(buffer) },
  4: { name: 'int16', bytes: 2, view: (buffer: ArrayBuffer) => new Int16Array(buffer) },
  8: { name: 'int32', bytes: 4, view: (buffer: ArrayBuffer) => new Int32Array(buffer) },
  16: { name: 'float32', bytes: 4, view: (buffer: ArrayBuffer) => new Float32Array(buffer) },
  64: { name: 'float64', bytes: 8, view: (buffer: ArrayBuffer) => new Float64Array(buffer) },
  256: { name: 'int8', bytes: 1, view: (buffer: ArrayBuffer) => new Int8Array(buffer) },
  512: { name: 'uint16', bytes: 2, view: (buffer: ArrayBuffer) => new Uint16Array(buffer) },
  768: { name: 'uint32', bytes: 4, view: (buffer: ArrayBuffer) => new Uint32Array(buffer) },
  1024: {
    name: 'int64',
    bytes: 8,
    view: (buffer: ArrayBuffer) => Float64Array.from(new BigInt64Array(buffer), Number),
  },
  1280: {
    name: 'uint64',
    bytes: 8,
    view: (buffer: ArrayBuffer) => Float64Array.from(new BigUint64Array(buffer), Number),
  },
} as const;

export type NumericCode = keyof typeof NUMERIC_TYPES;

/** Types that NIfTI knows and that are no single number a voxel, or that JavaScript cannot hold. */
export const OTHER_TYPES: Readonly<Record<number, string>> = {
  1: 'binary',
  32: 'complex64',
  128: 'RGB24',
  1536: 'float128',
  1792: 'complex128',
  2048: 'complex256',
  2304: 'RGBA32',
};

export function isNumericCode(code: number): code is NumericCode {
  return Object.hasOwn(NUMERIC_TYPES, code);
}
