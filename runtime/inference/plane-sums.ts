import type { Vec3 } from '../data/types.ts';

/** Takes probabilities plane by plane, in order. @param plane [H, W, K] of one d; overwritten after the call */
export type PlaneSink = (d: number, plane: Float32Array) => void;

/** Voxels along W that lie in the image and in a window of a batch; in the window they may run backwards. */
export interface WindowRow {
  readonly d: number;
  /** Offset of the first voxel in plane d. */
  readonly planeRow: number;
  /** Offset of the first voxel in the batch of windows. */
  readonly windowRow: number;
  readonly step: 1 | -1;
  readonly length: number;
}

export interface PlaneSumsOptions {
  /** Of the whole image. */
  readonly shape: Vec3;
  readonly classes: number;
  /** Planes that are in work at once: as many as a window has. */
  readonly depth: number;
  /** [D, H, W] of a window. It is symmetric, so that mirroring leaves it as it is. */
  readonly importance: Float32Array;
  readonly sink: PlaneSink;
}

/** Weighted sums of overlapping windows over a moving slab of the image. */
export interface PlaneSums {
  /** @param windowStart offset of the row's window in the batch, in voxels */
  add(row: WindowRow, predicted: Float32Array, windowStart: number): void;
  /** Hands on, in order, the mean of each plane in front of `d`: no window will touch them again. */
  finishBefore(d: number): void;
}

export function planeSums({ shape, classes, depth, importance, sink }: PlaneSumsOptions): PlaneSums {
  const voxels = shape[1] * shape[2];
  const slab = Array.from({ length: Math.min(depth, shape[0]) }, () => ({
    sum: new Float32Array(voxels * classes),
    weight: new Float32Array(voxels),
  }));
  let next = 0;

  return {
    add: ({ d, planeRow, windowRow, step, length }, predicted, windowStart) => {
      const plane = slab[d % slab.length];
      if (plane === undefined) return;
      const { sum, weight } = plane;
      for (let i = 0; i < length; i++) {
        const voxel = windowRow + i * step;
        const share = importance[voxel - windowStart] ?? 0;
        weight[planeRow + i] = (weight[planeRow + i] ?? 0) + share;
        const [target, source] = [(planeRow + i) * classes, voxel * classes];
        for (let k = 0; k < classes; k++)
          sum[target + k] = (sum[target + k] ?? 0) + share * (predicted[source + k] ?? 0);
      }
    },
    finishBefore: (d) => {
      for (; next < Math.min(d, shape[0]); next++) {
        const plane = slab[next % slab.length];
        if (plane === undefined) return;
        const { sum, weight } = plane;
        for (let i = 0, at = 0; i < voxels; i++) {
          const share = weight[i] ?? 1;
          for (let k = 0; k < classes; k++, at++) sum[at] = (sum[at] ?? 0) / share;
        }
        sink(next, sum);
        sum.fill(0);
        weight.fill(0);
      }
    },
  };
}
