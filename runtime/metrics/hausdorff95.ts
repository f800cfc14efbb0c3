import type { Vec3 } from '../data/types.ts';
import { squaredDistances } from './distance-transform.ts';
import type { ClassMetric, LabelPair } from './types.ts';

const PERCENTILE = 0.95;

/**
 * The 95th percentile of the distances between two surfaces in millimetres, the larger of both directions; distances
 * take the voxel spacing into account. NaN where the class is in neither map, infinite where it is in one only (MONAI
 * says NaN there as well, and its means pass over a structure that was missed altogether).
 *
 * @see MONAI compute_hausdorff_distance(percentile=95, spacing=…)
 */
export const hausdorff95: ClassMetric = (pair, classIndex) => {
  const box = boundingBox(pair, classIndex);
  if (box === null) return Number.NaN;
  const predicted = surface(pair.predicted, pair.shape, classIndex, box);
  const truth = surface(pair.truth, pair.shape, classIndex, box);
  if (!predicted.includes(1) || !truth.includes(1)) return Number.POSITIVE_INFINITY;
  return Math.max(
    percentile(distancesBetween(predicted, truth, box.size, pair.spacing)),
    percentile(distancesBetween(truth, predicted, box.size, pair.spacing)),
  );
};

interface Box {
  readonly origin: Vec3;
  readonly size: Vec3;
}

/** The box around the class in either map: distances between its voxels need nothing outside. */
function boundingBox({ predicted, truth, shape }: LabelPair, classIndex: number): Box | null {
  const low = [...shape];
  const high = [-1, -1, -1];
  let i = 0;
  for (let x = 0; x < shape[0]; x++) {
    for (let y = 0; y < shape[1]; y++) {
      for (let z = 0; z < shape[2]; z++, i++) {
        if (predicted[i] !== classIndex && truth[i] !== classIndex) continue;
        low[0] = Math.min(low[0] ?? x, x);
        low[1] = Math.min(low[1] ?? y, y);
        low[2] = Math.min(low[2] ?? z, z);
        high[0] = Math.max(high[0] ?? x, x);
        high[1] = Math.max(high[1] ?? y, y);
        high[2] = Math.max(high[2] ?? z, z);
      }
    }
  }
  const [x = 0, y = 0, z = 0] = low;
  const [endX = -1, endY = -1, endZ = -1] = high;
  return endX < 0 ? null : { origin: [x, y, z], size: [endX - x + 1, endY - y + 1, endZ - z + 1] };
}

/** Voxels of the class of which a face touches another class or the border of the image (MONAI's erosion by a cross). */
function surface(labels: Uint8Array, shape: Vec3, classIndex: number, { origin, size }: Box): Uint8Array {
  const strides: Vec3 = [shape[1] * shape[2], shape[2], 1];
  const edges = new Uint8Array(size[0] * size[1] * size[2]);
  let target = 0;
  for (let x = origin[0]; x < origin[0] + size[0]; x++) {
    for (let y = origin[1]; y < origin[1] + size[1]; y++) {
      for (let z = origin[2]; z < origin[2] + size[2]; z++, target++) {
        const i = x * strides[0] + y * strides[1] + z;
        if (labels[i] !== classIndex) continue;
        const isInner =
          x > 0 &&
          y > 0 &&
          z > 0 &&
          x < shape[0] - 1 &&
          y < shape[1] - 1 &&
          z < shape[2] - 1 &&
          labels[i - strides[0]] === classIndex &&
          labels[i + strides[0]] === classIndex &&
          labels[i - strides[1]] === classIndex &&
          labels[i + strides[1]] === classIndex &&
          labels[i - 1] === classIndex &&
          labels[i + 1] === classIndex;
        edges[target] = isInner ? 0 : 1;
      }
    }
  }
  return edges;
}

/** From each voxel of one surface to the nearest of another, sorted. */
function distancesBetween(from: Uint8Array, to: Uint8Array, size: Vec3, spacing: Vec3): Float64Array {
  const squared = squaredDistances(to, size, spacing);
  return squared
    .filter((_, index) => from[index] === 1)
    .map(Math.sqrt)
    .sort();
}

/** With linear interpolation between ranks, as torch.quantile. */
function percentile(sorted: Float64Array): number {
  const rank = PERCENTILE * (sorted.length - 1);
  const below = sorted[Math.floor(rank)] ?? 0;
  const above = sorted[Math.ceil(rank)] ?? below;
  return below + (above - below) * (rank - Math.floor(rank));
}
