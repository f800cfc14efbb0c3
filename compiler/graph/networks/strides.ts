import type { Voxels } from './layers.ts';

/** How much smaller the sides are after all strided convolutions. */
export function strideProduct(strides: readonly Voxels[]): Voxels {
  return strides.reduce<Voxels>(([x, y, z], [sx, sy, sz]) => [x * sx, y * sy, z * sz], [1, 1, 1]);
}
