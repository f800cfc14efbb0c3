import { affineFrom, multiply } from '../affine.ts';
import type { RandomStream } from '../random.ts';
import type { Affine, Vec3 } from '../types.ts';
import type { AugmentOf } from './types.ts';

export interface AffineParameters {
  /** Radians about x, y, z. */
  readonly rotation: Vec3;
  /** Voxels. */
  readonly translation: Vec3;
  readonly scale: Vec3;
}

/**
 * Offset from the patch's centre → offset in the volume: R(x) · R(y) · R(z) · T · S, all about the centre.
 *
 * @see MONAI AffineGrid(rotate_params, translate_params, scale_params), rotate_order "XYZ"
 */
export function affineOf({ rotation, translation, scale }: AffineParameters): Affine {
  const turn = (angle: number, a: number, b: number): Affine => {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return affineFrom((r, c) => {
      if (r === a && c === b) return -sin;
      if (r === b && c === a) return sin;
      if (r !== c) return 0;
      return r === a || r === b ? cos : 1;
    });
  };
  const [about, up, round] = [turn(rotation[0], 1, 2), turn(rotation[1], 2, 0), turn(rotation[2], 0, 1)];
  const scaled = affineFrom((r, c) => (c === 3 ? (translation[r] ?? 0) : r === c ? (scale[r] ?? 1) : 0));
  return multiply(multiply(about, up), multiply(round, scaled));
}

/** @returns null where chance leaves the patch alone. @see MONAI RandAffine */
export function drawAffine(settings: AugmentOf<'affine'>, random: RandomStream): Affine | null {
  if (random.uniform() >= settings.probability) return null;
  const around = (limits: Vec3): Vec3 => {
    const one = (limit: number) => random.within(-limit, limit);
    return [one(limits[0]), one(limits[1]), one(limits[2])];
  };
  const { from, to } = settings.scale;
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const [x, y, z] = around(settings.rotation);
  return affineOf({
    rotation: [radians(x), radians(y), radians(z)],
    translation: around(settings.translation),
    scale: [random.within(from, to), random.within(from, to), random.within(from, to)],
  });
}
