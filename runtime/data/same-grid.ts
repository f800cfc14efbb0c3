import { DataError } from '../errors.ts';
import { applyTo, voxelSizes } from './affine.ts';
import type { Affine, CaseFiles, Vec3 } from './types.ts';

/** How far corners of image and label may lie apart, as a part of a voxel: headers are rounded to float32. */
const GRID_TOLERANCE = 0.1;

interface Grid {
  readonly shape: Vec3;
  readonly affine: Affine;
}

/** @throws DataError EXP4103 when a label does not lie on its image's grid */
export function requireSameGrid(files: CaseFiles, image: Grid, label: Grid): void {
  const mismatch = (problem: string) =>
    new DataError('EXP4103', files.label, `label and image of ${files.id} disagree: ${problem}`, {
      help: 'labels must be drawn on the image, or resampled to it',
    });
  if (image.shape.join() !== label.shape.join()) {
    throw mismatch(`${files.label} is ${label.shape.join('x')}, ${files.image} is ${image.shape.join('x')}`);
  }
  const apart = cornerDistance(image.affine, label.affine, image.shape);
  if (!isSameGrid(image, label)) {
    throw mismatch(
      `both are ${image.shape.join('x')}, but corners of ${files.label} and ${files.image} lie ${apart.toFixed(2)} mm apart`,
    );
  }
}

/** Whether two grids have the same voxels, to a tenth of a voxel. */
export function isSameGrid(a: Grid, b: Grid): boolean {
  if (a.shape.join() !== b.shape.join()) return false;
  return cornerDistance(a.affine, b.affine, a.shape) <= GRID_TOLERANCE * Math.min(...voxelSizes(a.affine));
}

/** Largest distance in millimetres between the corners of two grids of one shape. */
function cornerDistance(a: Affine, b: Affine, shape: Vec3): number {
  let largest = 0;
  for (let bits = 0; bits < 8; bits++) {
    const corner: Vec3 = [bits & 4 ? shape[0] - 1 : 0, bits & 2 ? shape[1] - 1 : 0, bits & 1 ? shape[2] - 1 : 0];
    const [p, q] = [applyTo(a, corner), applyTo(b, corner)];
    largest = Math.max(largest, Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]));
  }
  return largest;
}
