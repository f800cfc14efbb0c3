import type { Vec3 } from '../types.ts';

/**
 * Voxels to add before the first, along each axis, so that a volume is at least `target` large: half of what is missing,
 * rounded down; the rest goes behind.
 *
 * @see MONAI SpatialPad(method="symmetric")
 */
export function padBefore(shape: Vec3, target: Vec3): Vec3 {
  const before = (i: 0 | 1 | 2) => Math.floor(Math.max(0, target[i] - shape[i]) / 2);
  return [before(0), before(1), before(2)];
}

/**
 * Copies a box out of a volume into `target`, zeros where it lies outside: cropping a padded volume without making one.
 *
 * @param start first voxel of the box; negative where the box begins before the volume
 */
export function copyBox(
  source: Float32Array | Uint8Array,
  shape: Vec3,
  start: Vec3,
  size: Vec3,
  target: Float32Array | Int32Array,
): void {
  const [, ny, nz] = shape;
  const zStart = Math.max(0, -start[2]);
  const zEnd = Math.min(size[2], nz - start[2]);
  target.fill(0);
  if (zEnd <= zStart) return;
  for (let x = Math.max(0, -start[0]); x < Math.min(size[0], shape[0] - start[0]); x++) {
    for (let y = Math.max(0, -start[1]); y < Math.min(size[1], ny - start[1]); y++) {
      const from = ((x + start[0]) * ny + y + start[1]) * nz + start[2];
      const to = (x * size[1] + y) * size[2];
      target.set(source.subarray(from + zStart, from + zEnd), to + zStart);
    }
  }
}
