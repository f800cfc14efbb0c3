import type { PlanInference } from '../../compiler/plan/schema.ts';
import type { Vec3 } from '../data/types.ts';
import { type Flip, flipsOf } from './flips.ts';
import { importanceMap } from './importance-map.ts';
import { type PlaneSink, planeSums, type WindowRow } from './plane-sums.ts';
import { windowStarts } from './windows.ts';

export interface SlidingWindowOptions extends Pick<PlanInference, 'overlap' | 'blend' | 'flips'> {
  readonly roiSize: Vec3;
  /** Windows that are predicted together. */
  readonly batchSize: number;
  /** K */
  readonly classes: number;
  /**
   * @param windows [N, D, H, W, C], always a whole batch; what is behind the last window is of no account
   * @returns [N, D, H, W, K]
   */
  readonly predict: (windows: Float32Array) => Promise<Float32Array>;
  /** Asked before each batch. */
  readonly shouldStop?: () => boolean;
  /** Windows done, mirrored ones counted too. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Predicts a volume of any size by overlapping windows, averaged by their importance.
 *
 * Windows come in order of their first axis, so that a plane is done when the first window behind it comes, and is handed
 * on at once. Memory: as many planes of K + 1 float32 as a window is deep and two batches of windows, whatever the volume's
 * depth and however many windows there are. Images smaller than a window are padded with zeros on both sides and cut back.
 *
 * @param image [C, D, H, W], row-major
 * @returns whether it was done; false when stopped
 * @see MONAI sliding_window_inference
 */
export async function slidingWindow(
  image: Float32Array,
  shape: Vec3,
  options: SlidingWindowOptions,
  sink: PlaneSink,
): Promise<boolean> {
  const { roiSize, batchSize, classes } = options;
  const padded = mapAxes((axis) => Math.max(shape[axis], roiSize[axis]));
  const before = mapAxes((axis) => Math.floor((padded[axis] - shape[axis]) / 2));
  const importance = importanceMap(roiSize, options.blend);
  const flips = flipsOf(options.flips);
  const views = windowStarts(padded, roiSize, options.overlap).flatMap((start) =>
    // In the image's own coordinates a window may begin before 0 and end behind the image.
    flips.map((flip): View => ({ origin: mapAxes((axis) => start[axis] - before[axis]), flip })),
  );
  const voxels = shape[0] * shape[1] * shape[2];
  const channels = image.length / voxels;
  const windows = new Float32Array(batchSize * importance.length * channels);
  const sums = planeSums({ shape, classes, depth: roiSize[0], importance, sink });

  for (let first = 0; first < views.length; first += batchSize) {
    if (options.shouldStop?.() ?? false) return false;
    const batch = views.slice(first, first + batchSize);
    if (padded.some((size, axis) => size !== shape[axis])) windows.fill(0);
    for (const [n, view] of batch.entries()) {
      forEachRow(view, n * importance.length, ({ imageRow, windowRow, length, step }) => {
        if (step === 1 && channels === 1) windows.set(image.subarray(imageRow, imageRow + length), windowRow);
        else {
          for (let c = 0; c < channels; c++) {
            const from = c * voxels + imageRow;
            for (let i = 0; i < length; i++) windows[(windowRow + i * step) * channels + c] = image[from + i] ?? 0;
          }
        }
      });
    }
    const predicted = await options.predict(windows);
    for (const [n, view] of batch.entries()) {
      sums.finishBefore(view.origin[0]);
      forEachRow(view, n * importance.length, (row) => sums.add(row, predicted, n * importance.length));
    }
    options.onProgress?.(first + batch.length, views.length);
  }
  sums.finishBefore(shape[0]);
  return true;

  /** The rows (along W) that a view shares with the image. */
  function forEachRow({ origin, flip }: View, windowStart: number, visit: (row: ImageRow) => void): void {
    const from = mapAxes((axis) => Math.max(0, origin[axis]));
    const to = mapAxes((axis) => Math.min(shape[axis], origin[axis] + roiSize[axis]));
    const inWindow = (axis: 0 | 1 | 2, position: number) =>
      flip[axis] ? roiSize[axis] - 1 - (position - origin[axis]) : position - origin[axis];
    for (let d = from[0]; d < to[0]; d++) {
      for (let h = from[1]; h < to[1]; h++) {
        const planeRow = h * shape[2] + from[2];
        visit({
          d,
          planeRow,
          imageRow: d * shape[1] * shape[2] + planeRow,
          windowRow: windowStart + (inWindow(0, d) * roiSize[1] + inWindow(1, h)) * roiSize[2] + inWindow(2, from[2]),
          length: to[2] - from[2],
          step: flip[2] ? -1 : 1,
        });
      }
    }
  }
}

interface ImageRow extends WindowRow {
  /** Offset of the first voxel in the image. */
  readonly imageRow: number;
}

/** One window, perhaps mirrored. */
interface View {
  readonly origin: Vec3;
  readonly flip: Flip;
}

function mapAxes(value: (axis: 0 | 1 | 2) => number): Vec3 {
  return [value(0), value(1), value(2)];
}
