import { affineFrom, multiply } from '../affine.ts';
import type { Affine, Vec3 } from '../types.ts';

/** A box of voxels: first voxel, and size. */
export interface Box {
  readonly start: Vec3;
  readonly size: Vec3;
}

/**
 * The smallest box around all voxels above 0, widened by `margin` voxels where the volume reaches so far; the whole volume
 * where no voxel is above 0.
 *
 * @see MONAI CropForeground(select_fn=is_positive, allow_smaller=True)
 */
export function positiveBox(image: Float32Array, shape: Vec3, margin: number): Box {
  const [nx, ny, nz] = shape;
  const low = [nx, ny, nz];
  const high = [-1, -1, -1];
  const include = (axis: number, position: number) => {
    if (position < (low[axis] ?? 0)) low[axis] = position;
    if (position > (high[axis] ?? 0)) high[axis] = position;
  };
  for (let x = 0; x < nx; x++) {
    for (let y = 0; y < ny; y++) {
      const row = (x * ny + y) * nz;
      let first = 0;
      while (first < nz && !((image[row + first] ?? 0) > 0)) first++;
      if (first === nz) continue;
      let last = nz - 1;
      while (!((image[row + last] ?? 0) > 0)) last--;
      include(0, x);
      include(1, y);
      include(2, first);
      include(2, last);
    }
  }
  if ((high[0] ?? -1) < 0) return { start: [0, 0, 0], size: shape };
  const from = (i: 0 | 1 | 2) => Math.max(0, (low[i] ?? 0) - margin);
  const to = (i: 0 | 1 | 2) => Math.min(shape[i] - 1, (high[i] ?? 0) + margin);
  const side = (i: 0 | 1 | 2) => to(i) - from(i) + 1;
  return { start: [from(0), from(1), from(2)], size: [side(0), side(1), side(2)] };
}

interface Grid<T extends Float32Array | Uint8Array> {
  readonly shape: Vec3;
  readonly affine: Affine;
  readonly data: T;
}

/** The voxels of a box that lies inside of the volume; they keep their places in the world. @see MONAI SpatialCrop */
export function cropTo<T extends Float32Array | Uint8Array>(volume: Grid<T>, { start, size }: Box): Grid<T> {
  const [, ny, nz] = volume.shape;
  const data = volume.data.slice(0, size[0] * size[1] * size[2]) as T;
  let next = 0;
  for (let x = start[0]; x < start[0] + size[0]; x++) {
    for (let y = start[1]; y < start[1] + size[1]; y++, next += size[2]) {
      const row = (x * ny + y) * nz + start[2];
      data.set(volume.data.subarray(row, row + size[2]), next);
    }
  }
  const shift = affineFrom((r, c) => (c === 3 ? (start[r] ?? 0) : r === c ? 1 : 0));
  return { shape: size, affine: multiply(volume.affine, shift), data };
}
