import type { Vec3 } from '../data/types.ts';
import { squaredDistances } from './distance-transform.ts';
import type { LabelPair, SurfaceDistances } from './types.ts';

/** Part of a grid, first and last voxel included. */
export interface Box {
  readonly first: Vec3;
  readonly last: Vec3;
}

/**
 * Distances between the surfaces of one class in both maps.
 *
 * @param box holds the class in either map: distances between its voxels need nothing outside; null where it is in neither
 * @see MONAI get_edge_surface_distance
 */
export function surfaceDistances(pair: LabelPair, classIndex: number, box: Box | null): SurfaceDistances {
  if (box === null) return { fromPredicted: new Float64Array(), fromTruth: new Float64Array() };
  const predicted = surface(pair.predicted, pair.shape, classIndex, box);
  const truth = surface(pair.truth, pair.shape, classIndex, box);
  const [inPredicted, inTruth] = [count(predicted), count(truth)];
  if (inPredicted === 0 || inTruth === 0) {
    // A map without the class is infinitely far from each surface voxel of the other, in both directions as in MONAI.
    const infinite = new Float64Array(Math.max(inPredicted, inTruth)).fill(Number.POSITIVE_INFINITY);
    return { fromPredicted: infinite, fromTruth: infinite };
  }
  const size = boxSize(box);
  return {
    fromPredicted: distancesBetween(predicted, inPredicted, truth, size, pair.spacing),
    fromTruth: distancesBetween(truth, inTruth, predicted, size, pair.spacing),
  };
}

/** The boxes around each class in either map, in one pass. @returns K boxes, null for a class in neither map */
export function classBoxes({ predicted, truth, shape }: LabelPair, classes: number): readonly (Box | null)[] {
  const low = Array.from({ length: 256 }, () => [...shape]);
  const high = Array.from({ length: 256 }, () => [-1, -1, -1]);
  let i = 0;
  for (let x = 0; x < shape[0]; x++) {
    for (let y = 0; y < shape[1]; y++) {
      for (let z = 0; z < shape[2]; z++, i++) {
        const [p, t] = [predicted[i] ?? 0, truth[i] ?? 0];
        if (p > 0) extend(low[p], high[p], x, y, z);
        if (t > 0 && t !== p) extend(low[t], high[t], x, y, z);
      }
    }
  }
  return Array.from({ length: classes }, (_, k) => {
    const [x = 0, y = 0, z = 0] = low[k] ?? [];
    const [endX = -1, endY = -1, endZ = -1] = high[k] ?? [];
    return endX < 0 ? null : { first: [x, y, z], last: [endX, endY, endZ] };
  });
}

function extend(low: number[] | undefined, high: number[] | undefined, x: number, y: number, z: number): void {
  if (low === undefined || high === undefined) return;
  if (x < (low[0] ?? 0)) low[0] = x;
  if (y < (low[1] ?? 0)) low[1] = y;
  if (z < (low[2] ?? 0)) low[2] = z;
  if (x > (high[0] ?? 0)) high[0] = x;
  if (y > (high[1] ?? 0)) high[1] = y;
  if (z > (high[2] ?? 0)) high[2] = z;
}

function boxSize({ first, last }: Box): Vec3 {
  return [last[0] - first[0] + 1, last[1] - first[1] + 1, last[2] - first[2] + 1];
}

/** Voxels of the class of which a face touches another class or the border of the image (MONAI's erosion by a cross). */
function surface(labels: Uint8Array, shape: Vec3, classIndex: number, box: Box): Uint8Array {
  const [sx, sy] = [shape[1] * shape[2], shape[2]];
  const size = boxSize(box);
  const edges = new Uint8Array(size[0] * size[1] * size[2]);
  let target = 0;
  for (let x = box.first[0]; x <= box.last[0]; x++) {
    for (let y = box.first[1]; y <= box.last[1]; y++) {
      for (let z = box.first[2]; z <= box.last[2]; z++, target++) {
        const i = x * sx + y * sy + z;
        if (labels[i] !== classIndex) continue;
        const isInner =
          x > 0 &&
          y > 0 &&
          z > 0 &&
          x < shape[0] - 1 &&
          y < shape[1] - 1 &&
          z < shape[2] - 1 &&
          labels[i - sx] === classIndex &&
          labels[i + sx] === classIndex &&
          labels[i - sy] === classIndex &&
          labels[i + sy] === classIndex &&
          labels[i - 1] === classIndex &&
          labels[i + 1] === classIndex;
        if (!isInner) edges[target] = 1;
      }
    }
  }
  return edges;
}

function count(edges: Uint8Array): number {
  return edges.reduce((total, edge) => total + edge, 0);
}

/** From each voxel of one surface to the nearest of another. */
function distancesBetween(from: Uint8Array, voxels: number, to: Uint8Array, size: Vec3, spacing: Vec3): Float64Array {
  const squared = squaredDistances(to, size, spacing);
  const distances = new Float64Array(voxels);
  let next = 0;
  for (let i = 0; i < from.length; i++) if (from[i] === 1) distances[next++] = Math.sqrt(squared[i] ?? 0);
  return distances;
}
