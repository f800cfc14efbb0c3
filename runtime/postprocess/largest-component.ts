import type { Vec3 } from '../data/types.ts';
import { flood } from './flood.ts';

const SEEN = 1;
const KEPT = 2;

/**
 * Leaves of a class its largest connected piece; the rest becomes background. Voxels touch by their faces; of pieces of one
 * size the first in the order of voxels stays.
 *
 * @param labels changed in place
 * @see scipy.ndimage.label, largest by numpy.bincount
 */
export function keepLargestComponent(labels: Uint8Array, shape: Vec3, classIndex: number): void {
  const marks = new Uint8Array(labels.length);
  const mark = (from: number, to: number) => (voxel: number) => {
    if (labels[voxel] !== classIndex || marks[voxel] !== from) return false;
    marks[voxel] = to;
    return true;
  };
  let largest = { start: -1, voxels: 0 };
  for (let start = labels.indexOf(classIndex); start >= 0; start = labels.indexOf(classIndex, start + 1)) {
    const voxels = flood(start, shape, mark(0, SEEN));
    if (voxels > largest.voxels) largest = { start, voxels };
  }
  if (largest.start < 0) return;
  flood(largest.start, shape, mark(SEEN, KEPT));
  for (let i = 0; i < labels.length; i++) if (marks[i] === SEEN) labels[i] = 0;
}
