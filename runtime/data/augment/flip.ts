import { changeInPlace } from '../kernels/voxel-kernels.ts';
import type { Vec3 } from '../types.ts';
import type { Augmentation, AugmentOf } from './types.ts';

type Axis = AugmentOf<'flip'>['axes'][number];

/** Reverses each of the axes on its own with the given probability. @see MONAI RandFlip, one for each axis */
export const flip: Augmentation<'flip'> = ({ image, label, shape }, { axes, probability }, random) => {
  const drawn = axes.filter(() => random.uniform() < probability);
  reverse(image, shape, drawn);
  reverse(label, shape, drawn);
};

/** Of the kernel; reversing the same axis twice is nothing. */
const AXIS_BIT = { x: 1, y: 2, z: 4 } as const;

/** In place, along all of the axes in one go, each channel by itself. @param data [C, D, H, W] */
export function reverse(data: Float32Array | Int32Array, [nx, ny, nz]: Vec3, axes: readonly Axis[]): void {
  const bits = axes.reduce((set, axis) => set ^ AXIS_BIT[axis], 0);
  if (bits === 0) return;
  changeInPlace(data, [], (pointer, { kernels }) => {
    const voxels = nx * ny * nz;
    for (let first = 0; first < data.length; first += voxels) kernels.flip(pointer + 4 * first, nx, ny, nz, bits);
  });
}
