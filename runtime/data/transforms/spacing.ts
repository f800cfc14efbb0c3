import { affineDistance, affineFrom, applyTo, at, IDENTITY, invert, multiply, voxelSizes } from '../affine.ts';
import type { Affine, LabelVolume, Vec3, Volume } from '../types.ts';
import { resampleLinear, resampleNearest, roundHalfToEven } from './resample.ts';

/** Spacings and affines that differ by less count as equal. */
const AFFINE_TOLERANCE = 1e-3; // MONAI monai.data.utils.AFFINE_TOL

export interface SpacingGrid {
  readonly shape: Vec3;
  readonly affine: Affine;
  /** Voxel index of the new grid → of the old one; null when nothing changes. */
  readonly toSource: Affine | null;
}

/**
 * Same rotation, new zooms, shears removed: A = R·U with U upper triangular, and R·diag(spacing) is returned.
 *
 * @see monai.data.utils.zoom_affine (diagonal=False)
 */
function zoomed(affine: Affine, spacing: Vec3): Affine {
  // Gram–Schmidt on the columns gives the R of the Cholesky route that MONAI takes.
  const columns: [number, number, number][] = [];
  for (let c = 0; c < 3; c++) {
    const column: [number, number, number] = [at(affine, 0, c), at(affine, 1, c), at(affine, 2, c)];
    for (const basis of columns) {
      const dot = basis[0] * column[0] + basis[1] * column[1] + basis[2] * column[2];
      for (const r of [0, 1, 2] as const) column[r] -= dot * basis[r];
    }
    const norm = Math.hypot(...column);
    columns.push([column[0] / norm, column[1] / norm, column[2] / norm]);
  }
  return affineFrom((r, c) => (c === 3 ? 0 : (columns[c]?.[r] ?? 0) * (spacing[c] ?? 1)));
}

/**
 * The grid that a volume has at another spacing.
 *
 * shape = round(extent between the first and last voxel centres, in new voxels, + 1), ties to even; the corner voxel that
 * has the smallest new coordinates keeps its place.
 *
 * @see MONAI Spacing (diagonal=False, scale_extent=False), monai.data.utils.compute_shape_offset
 */
export function spacingGrid(shape: Vec3, affine: Affine, spacing: Vec3): SpacingGrid {
  const current = voxelSizes(affine);
  const wanted = (i: 0 | 1 | 2) => (Math.abs(current[i] - spacing[i]) <= AFFINE_TOLERANCE ? current[i] : spacing[i]);
  const linear = zoomed(affine, [wanted(0), wanted(1), wanted(2)]);
  const toNew = multiply(invert(linear), affine);

  const corners: Vec3[] = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => [
    bits & 4 ? shape[0] - 1 : 0,
    bits & 2 ? shape[1] - 1 : 0,
    bits & 1 ? shape[2] - 1 : 0,
  ]);
  const moved = corners.map((corner) => applyTo(toNew, corner));
  const extent = (i: 0 | 1 | 2) => Math.max(...moved.map((p) => p[i])) - Math.min(...moved.map((p) => p[i]));
  const size = (i: 0 | 1 | 2) => roundHalfToEven(Math.round((extent(i) + 1) * 1e9) / 1e9);
  const newShape: Vec3 = [size(0), size(1), size(2)];

  const origin = corners.find((_, k) => {
    const here = moved[k];
    return here !== undefined && ([0, 1, 2] as const).every((i) => moved.every((p) => p[i] - here[i] > -1e-6));
  });
  const offset = origin === undefined ? centred(shape, affine, newShape, linear) : applyTo(affine, origin);
  const newAffine = affineFrom((r, c) => (c === 3 ? (offset[r] ?? 0) : at(linear, r, c)));

  const toSource = multiply(invert(affine), newAffine);
  const sameShape = newShape.every((n, i) => n === shape[i]);
  const unchanged =
    affineDistance(affine, newAffine) < AFFINE_TOLERANCE || affineDistance(toSource, IDENTITY) < AFFINE_TOLERANCE;
  return { shape: newShape, affine: newAffine, toSource: sameShape && unchanged ? null : toSource };
}

/** A sheared grid has no corner that is smallest along every axis: the centres are laid on each other. */
function centred(shape: Vec3, affine: Affine, newShape: Vec3, linear: Affine): Vec3 {
  const centre = applyTo(affine, [shape[0] / 2, shape[1] / 2, shape[2] / 2]);
  const shift = applyTo(linear, [newShape[0] / 2, newShape[1] / 2, newShape[2] / 2]);
  return [centre[0] - shift[0], centre[1] - shift[1], centre[2] - shift[2]];
}

/** @returns the image at `spacing` millimetres, trilinear. @see MONAI Spacing(mode="bilinear", padding_mode="border") */
export function respace(volume: Volume, spacing: Vec3): Volume {
  const { shape, affine, toSource } = spacingGrid(volume.shape, volume.affine, spacing);
  if (toSource === null) return volume;
  return { shape, affine, data: resampleLinear(volume.data, volume.shape, shape, toSource) };
}

/** @returns the label map at `spacing` millimetres, nearest voxel. @see MONAI Spacing(mode="nearest") */
export function respaceLabels(volume: LabelVolume, spacing: Vec3): LabelVolume {
  const { shape, affine, toSource } = spacingGrid(volume.shape, volume.affine, spacing);
  if (toSource === null) return volume;
  return { shape, affine, data: resampleNearest(volume.data, volume.shape, shape, toSource) };
}
