import type { PlanInference } from '../../compiler/plan/schema.ts';
import type { Vec3 } from '../data/types.ts';
import { importanceMap } from './importance-map.ts';
import { windowStarts } from './windows.ts';

export interface SlidingWindowOptions {
  readonly roiSize: Vec3;
  readonly overlap: number;
  readonly blend: PlanInference['blend'];
  /** Windows that are predicted together. */
  readonly batchSize: number;
  /** K */
  readonly classes: number;
  /**
   * @param windows [N, D, H, W, 1], always a whole batch; what is behind the last window is zeros
   * @returns [N, D, H, W, K]
   */
  readonly predict: (windows: Float32Array) => Promise<Float32Array>;
  /** Asked before each batch; a stop in the middle of a volume gives null. */
  readonly shouldStop?: () => boolean;
}

/**
 * Predicts a volume of any size by overlapping windows, averaged by their importance.
 *
 * Memory: K + 1 float32 volumes of the image's size and two batches of windows, however many windows there are. Images
 * smaller than a window are padded with zeros on both sides and cut back.
 *
 * @param image [D, H, W], row-major
 * @returns [D, H, W, K], or null when stopped
 * @see MONAI sliding_window_inference
 */
export async function slidingWindow(
  image: Float32Array,
  shape: Vec3,
  options: SlidingWindowOptions,
): Promise<Float32Array | null> {
  const { roiSize, overlap, blend, batchSize, classes } = options;
  const padded = mapAxes((axis) => Math.max(shape[axis], roiSize[axis]));
  const before = mapAxes((axis) => Math.floor((padded[axis] - shape[axis]) / 2));
  const starts = windowStarts(padded, roiSize, overlap);
  const importance = importanceMap(roiSize, blend);
  const roiVoxels = importance.length;
  const sums = new Float32Array(shape[0] * shape[1] * shape[2] * classes);
  const weights = new Float32Array(shape[0] * shape[1] * shape[2]);
  const windows = new Float32Array(batchSize * roiVoxels);

  for (let first = 0; first < starts.length; first += batchSize) {
    if (options.shouldStop?.() ?? false) return null;
    const batch = starts.slice(first, first + batchSize);
    windows.fill(0);
    batch.forEach((start, n) => {
      forEachRow(start, n, (imageRow, windowRow, length) =>
        windows.set(image.subarray(imageRow, imageRow + length), windowRow),
      );
    });
    const predicted = await options.predict(windows);
    batch.forEach((start, n) => {
      forEachRow(start, n, (imageRow, windowRow, length) => {
        for (let i = 0; i < length; i++) {
          const weight = importance[windowRow - n * roiVoxels + i] ?? 0;
          weights[imageRow + i] = (weights[imageRow + i] ?? 0) + weight;
          const [target, source] = [(imageRow + i) * classes, (windowRow + i) * classes];
          for (let k = 0; k < classes; k++)
            sums[target + k] = (sums[target + k] ?? 0) + weight * (predicted[source + k] ?? 0);
        }
      });
    });
  }
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? 0) / (weights[Math.floor(i / classes)] ?? 1);
  return sums;

  /** The rows (along W) that window `n`, starting at `start` of the padded image, shares with the image. */
  function forEachRow(
    start: Vec3,
    n: number,
    visit: (imageRow: number, windowRow: number, length: number) => void,
  ): void {
    // In the image's own coordinates a window may begin before 0 and end behind the image.
    const origin = mapAxes((axis) => start[axis] - before[axis]);
    const from = mapAxes((axis) => Math.max(0, origin[axis]));
    const to = mapAxes((axis) => Math.min(shape[axis], origin[axis] + roiSize[axis]));
    for (let d = from[0]; d < to[0]; d++) {
      for (let h = from[1]; h < to[1]; h++) {
        const imageRow = (d * shape[1] + h) * shape[2] + from[2];
        const windowRow = ((d - origin[0]) * roiSize[1] + (h - origin[1])) * roiSize[2] + (from[2] - origin[2]);
        visit(imageRow, n * roiVoxels + windowRow, to[2] - from[2]);
      }
    }
  }
}

/** The most probable class of each voxel: [D, H, W, K] → [D, H, W]. The first wins a tie, as torch.argmax. */
export function argMax(probabilities: Float32Array, classes: number): Uint8Array {
  const labels = new Uint8Array(probabilities.length / classes);
  for (let i = 0; i < labels.length; i++) {
    let best = 0;
    for (let k = 1; k < classes; k++)
      if ((probabilities[i * classes + k] ?? 0) > (probabilities[i * classes + best] ?? 0)) best = k;
    labels[i] = best;
  }
  return labels;
}

function mapAxes(value: (axis: 0 | 1 | 2) => number): Vec3 {
  return [value(0), value(1), value(2)];
}
