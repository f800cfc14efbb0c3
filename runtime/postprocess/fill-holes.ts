import type { Vec3 } from '../data/types.ts';
import { flood } from './flood.ts';

const OUTSIDE = 1;

/**
 * Gives background that a class encloses to the class; enclosed voxels of other classes stay.
 *
 * @param labels changed in place
 * @see scipy.ndimage.binary_fill_holes
 */
export function fillHoles(labels: Uint8Array, shape: Vec3, classIndex: number): void {
  const marks = new Uint8Array(labels.length);
  const enter = (voxel: number) => {
    if (labels[voxel] === classIndex || marks[voxel] === OUTSIDE) return false;
    marks[voxel] = OUTSIDE;
    return true;
  };
  for (const voxel of borderVoxels(shape)) flood(voxel, shape, enter);
  for (let i = 0; i < labels.length; i++) if (labels[i] === 0 && marks[i] !== OUTSIDE) labels[i] = classIndex;
}

function* borderVoxels([nx, ny, nz]: Vec3): Generator<number> {
  for (let x = 0; x < nx; x++) {
    for (let y = 0; y < ny; y++) {
      const row = (x * ny + y) * nz;
      const isFace = x === 0 || x === nx - 1 || y === 0 || y === ny - 1;
      for (let z = 0; z < nz; z += isFace || nz === 1 ? 1 : nz - 1) yield row + z;
    }
  }
}
