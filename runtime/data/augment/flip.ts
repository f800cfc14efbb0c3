import type { Vec3 } from '../types.ts';
import { AXIS_INDEX, stridesOf } from './axes.ts';
import type { Augmentation } from './types.ts';

/** Reverses each of the axes on its own with the given probability. @see MONAI RandFlip, one for each axis */
export const flip: Augmentation<'flip'> = (patch, { axes, probability }, random) => {
  for (const axis of axes) {
    if (random.uniform() >= probability) continue;
    reverse(patch.image, patch.shape, AXIS_INDEX[axis]);
    reverse(patch.label, patch.shape, AXIS_INDEX[axis]);
  }
};

/** In place: rows change places as wholes, and along the last axis each is turned round. */
export function reverse(data: Float32Array | Int32Array, shape: Vec3, axis: 0 | 1 | 2): void {
  const stride = stridesOf(shape)[axis];
  const block = stride * shape[axis];
  // Bits are moved, not numbers: a float would be widened and rounded on its way.
  const bits = new Int32Array(data.buffer, data.byteOffset, data.length);
  if (stride === 1) {
    for (let start = 0; start < bits.length; start += block) reverseRow(bits, start, start + block - 1);
    return;
  }
  const spare = new Int32Array(stride);
  for (let start = 0; start < bits.length; start += block) {
    for (let low = start, high = start + block - stride; low < high; low += stride, high -= stride) {
      spare.set(bits.subarray(low, low + stride));
      bits.copyWithin(low, high, high + stride);
      bits.set(spare, high);
    }
  }
}

function reverseRow(bits: Int32Array, first: number, last: number): void {
  for (let low = first, high = last; low < high; low++, high--) {
    const spare = bits[low] ?? 0;
    bits[low] = bits[high] ?? 0;
    bits[high] = spare;
  }
}
