import type { Vec3 } from '../types.ts';

/** Array axes and strides by the names that a plan uses. */

export const PLANE_AXES = { xy: [0, 1], xz: [0, 2], yz: [1, 2] } as const;

export function stridesOf(shape: Vec3): Vec3 {
  return [shape[1] * shape[2], shape[2], 1];
}
