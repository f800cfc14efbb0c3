import type { Vec3 } from '../data/types.ts';
import { flood } from './flood.ts';

const CLASS = 1;
const OUTSIDE = 2;

/**
 * Gives background that a class encloses to the class; enclosed voxels of other classes stay.
 *
 * @param labels changed in place
 * @see scipy.ndimage.binary_fill_holes
 */
export function fillHoles(labels: Uint8Array, shape: Vec3, classIndex: number): void {
  const box = boxOf(labels, shape, classIndex);
  if (box === null) return;
  const [nx, ny, nz] = box.size;
  const marks = new Uint8Array(nx * ny * nz);
  const rowOf = (x: number, y: number) => ((box.first[0] + x) * shape[1] + box.first[1] + y) * shape[2] + box.first[2];
  forEachRow(box.size, (x, y, row) => {
    for (let z = 0, voxel = rowOf(x, y); z < nz; z++, voxel++) if (labels[voxel] === classIndex) marks[row + z] = CLASS;
  });
  const enter = (voxel: number) => {
    if (marks[voxel] !== 0) return false;
    marks[voxel] = OUTSIDE;
    return true;
  };
  // Around the box there is nothing of the class: whatever reaches its border is open.
  forEachRow(box.size, (x, y, row) => {
    const isFace = x === 0 || x === nx - 1 || y === 0 || y === ny - 1 || nz === 1;
    for (let z = 0; z < nz; z += isFace ? 1 : nz - 1) flood(row + z, box.size, enter);
  });
  forEachRow(box.size, (x, y, row) => {
    for (let z = 0, voxel = rowOf(x, y); z < nz; z++, voxel++)
      if (marks[row + z] === 0 && labels[voxel] === 0) labels[voxel] = classIndex;
  });
}

function forEachRow([nx, ny, nz]: Vec3, visit: (x: number, y: number, row: number) => void): void {
  for (let x = 0; x < nx; x++) for (let y = 0; y < ny; y++) visit(x, y, (x * ny + y) * nz);
}

/** The smallest box around a class: memory goes by the structure, not by the volume. */
function boxOf(
  labels: Uint8Array,
  shape: Vec3,
  classIndex: number,
): { readonly first: Vec3; readonly size: Vec3 } | null {
  let [x0, y0, z0] = shape;
  let [x1, y1, z1] = [-1, -1, -1];
  forEachRow(shape, (x, y, row) => {
    for (let z = 0; z < shape[2]; z++) {
      if (labels[row + z] !== classIndex) continue;
      x0 = Math.min(x0, x);
      x1 = x;
      y0 = Math.min(y0, y);
      y1 = Math.max(y1, y);
      z0 = Math.min(z0, z);
      z1 = Math.max(z1, z);
    }
  });
  return x1 < 0 ? null : { first: [x0, y0, z0], size: [x1 - x0 + 1, y1 - y0 + 1, z1 - z0 + 1] };
}
