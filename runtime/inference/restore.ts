import { applyTo, at, invert, multiply } from '../data/affine.ts';
import { axisWeights, drivingAxes, resampleNearest } from '../data/transforms/resample.ts';
import type { Affine, Vec3 } from '../data/types.ts';
import { argMaxInto } from './arg-max.ts';
import type { PlaneSink } from './plane-sums.ts';

/** Probabilities on the grid that the model sees → labels on another grid, plane by plane: no volume of probabilities is kept. */

export interface Grid {
  readonly shape: Vec3;
  readonly affine: Affine;
}

/**
 * `probabilities`: interpolate them linearly, then take the most probable class, as nnU-Net: borders stay smooth. `nearest`:
 * take the most probable class, then the nearest voxel.
 */
export type RestoreMethod = 'probabilities' | 'nearest';

export interface Restored {
  /** Class indices on the target grid. */
  readonly labels: Uint8Array;
  /** One volume on the target grid for each class, background first; null unless asked for. */
  readonly probabilities: readonly Float32Array[] | null;
}

export interface Restorer {
  /** What is really done: grids that are not parallel (a sheared image) are restored by the nearest voxel. */
  readonly method: RestoreMethod;
  readonly sink: PlaneSink;
  /** After the last plane. */
  finish(): Restored;
}

export interface RestoreOptions {
  readonly method: RestoreMethod;
  readonly keepProbabilities: boolean;
  readonly classes: number;
}

/**
 * @param from the grid that planes come on
 * @param to the grid that labels are wanted on
 */
export function createRestorer(from: Grid, to: Grid, options: RestoreOptions): Restorer {
  const map = multiply(invert(from.affine), to.affine);
  const driving = drivingAxes(map);
  const isLinear = options.method === 'probabilities' || options.keepProbabilities;
  // Where only the orientation changes, each voxel keeps its value, and interpolation would only take longer.
  if (driving === null || !isLinear || (isLattice(map) && !options.keepProbabilities)) {
    return nearest(from, to, map, options, driving === null || !isLinear ? 'nearest' : 'probabilities');
  }
  return linear(from, to, map, driving, options);
}

/** Whether voxels of one grid lie on voxels of the other. */
function isLattice(map: Affine): boolean {
  return [0, 1, 2].every((r) => [0, 1, 2, 3].every((c) => Math.abs(at(map, r, c) - Math.round(at(map, r, c))) < 1e-3));
}

/** Half a voxel belongs to the outermost voxels, and rounding may add a little. */
const BORDER = 0.51;

/** Visits target voxels that lie outside of the other grid, which may be cut to a part of the image: nothing is known there. */
function forEachOutside(map: Affine, from: Vec3, to: Vec3, visit: (voxel: number) => void): void {
  const isOutside = (point: Vec3) => point.some((p, axis) => p < -BORDER || p > (from[axis] ?? 0) - 1 + BORDER);
  const ends = [0, 1, 2].map((axis) => [0, (to[axis] ?? 1) - 1]);
  const [xs = [], ys = [], zs = []] = ends;
  // Grids are boxes: where all corners lie inside, everything does.
  if (!xs.some((x) => ys.some((y) => zs.some((z) => isOutside(applyTo(map, [x, y, z])))))) return;
  let voxel = 0;
  for (let x = 0; x < to[0]; x++) {
    for (let y = 0; y < to[1]; y++) {
      for (let z = 0; z < to[2]; z++, voxel++) if (isOutside(applyTo(map, [x, y, z]))) visit(voxel);
    }
  }
}

function nearest(from: Grid, to: Grid, map: Affine, { classes }: RestoreOptions, method: RestoreMethod): Restorer {
  const { shape } = from;
  const labels = new Uint8Array(shape[0] * shape[1] * shape[2]);
  return {
    method,
    sink: (d, plane) => argMaxInto(plane, classes, labels, d * shape[1] * shape[2]),
    finish: () => {
      const restored = resampleNearest(labels, shape, to.shape, map);
      forEachOutside(map, shape, to.shape, (voxel) => {
        restored[voxel] = 0;
      });
      return { labels: restored, probabilities: null };
    },
  };
}

/**
 * A plane of the target needs the two planes that it lies between; as planes come in order, the last one is kept.
 *
 * @param driving for each axis of `from` the axis of `to` that it runs along
 */
function linear(from: Grid, to: Grid, map: Affine, driving: readonly number[], options: RestoreOptions): Restorer {
  const { classes, keepProbabilities } = options;
  const [d, h, w] = [axisOf(0), axisOf(1), axisOf(2)];
  const rowSize = from.shape[2] * classes;
  const voxels = to.shape[0] * to.shape[1] * to.shape[2];
  const labels = new Uint8Array(voxels);
  const kept = keepProbabilities ? Array.from({ length: classes }, () => new Float32Array(voxels)) : null;
  let previous = new Float32Array(from.shape[1] * rowSize);
  const between = new Float32Array(previous.length);
  /** Target planes by the source plane that completes them. */
  const completedBy = new Map<number, number[]>();
  for (let i = 0; i < d.size; i++) {
    const needed = (d.weight[i] ?? 0) > 0 ? (d.upper[i] ?? 0) : (d.lower[i] ?? 0);
    completedBy.set(needed, [...(completedBy.get(needed) ?? []), i]);
  }
  const values = new Float64Array(classes);

  return {
    method: 'probabilities',
    sink: (index, plane) => {
      for (const target of completedBy.get(index) ?? [])
        writePlane(target, d.lower[target] === index ? plane : previous, plane);
      previous.set(plane);
    },
    finish: () => {
      previous = new Float32Array();
      forEachOutside(map, from.shape, to.shape, (voxel) => {
        labels[voxel] = 0;
        for (const [k, volume] of (kept ?? []).entries()) volume[voxel] = k === 0 ? 1 : 0;
      });
      return { labels, probabilities: kept };
    },
  };

  function axisOf(r: 0 | 1 | 2) {
    const axis = driving[r] ?? r;
    const size = to.shape[axis] ?? 1;
    const stride = to.shape.slice(axis + 1).reduce((product, length) => product * length, 1);
    return { size, stride, ...axisWeights(size, from.shape[r], at(map, r, axis), at(map, r, 3)) };
  }

  function writePlane(target: number, lower: Float32Array, upper: Float32Array): void {
    const weight = d.weight[target] ?? 0;
    for (let i = 0; i < between.length; i++) between[i] = (lower[i] ?? 0) * (1 - weight) + (upper[i] ?? 0) * weight;
    for (let i = 0; i < h.size; i++) {
      const [y0, y1, fy] = [(h.lower[i] ?? 0) * rowSize, (h.upper[i] ?? 0) * rowSize, h.weight[i] ?? 0];
      for (let j = 0; j < w.size; j++) {
        const [z0, z1, fz] = [(w.lower[j] ?? 0) * classes, (w.upper[j] ?? 0) * classes, w.weight[j] ?? 0];
        const [a, b, c, e] = [(1 - fy) * (1 - fz), (1 - fy) * fz, fy * (1 - fz), fy * fz];
        const voxel = target * d.stride + i * h.stride + j * w.stride;
        let best = 0;
        for (let k = 0; k < classes; k++) {
          const value =
            (between[y0 + z0 + k] ?? 0) * a +
            (between[y0 + z1 + k] ?? 0) * b +
            (between[y1 + z0 + k] ?? 0) * c +
            (between[y1 + z1 + k] ?? 0) * e;
          values[k] = value;
          if (value > (values[best] ?? 0)) best = k;
          const volume = kept?.[k];
          if (volume !== undefined) volume[voxel] = value;
        }
        labels[voxel] = best;
      }
    }
  }
}
