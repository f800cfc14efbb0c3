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

export function reverse(data: Float32Array | Int32Array, shape: Vec3, axis: 0 | 1 | 2): void {
  const stride = stridesOf(shape)[axis];
  const block = stride * shape[axis];
  for (let start = 0; start < data.length; start += block) {
    for (let low = start, high = start + block - stride; low < high; low += stride, high -= stride) {
      for (let i = 0; i < stride; i++) {
        const spare = data[low + i] ?? 0;
        data[low + i] = data[high + i] ?? 0;
        data[high + i] = spare;
      }
    }
  }
}
