import type { RandomStream } from '../random.ts';
import type { Vec3 } from '../types.ts';
import type { AugmentOf } from './types.ts';

/** A smooth field of displacements over a patch. */
export interface ElasticField {
  /** No displacement along an axis is larger, in voxels. */
  readonly bound: number;
  /** Displacements of the row (x, y, ·): all along x, then all along y, then all along z. Overwritten by the next call. */
  row(x: number, y: number): Float32Array;
}

/** The first of the four control points around each voxel of an axis, and their cubic B-spline weights, one array for each. */
interface AxisSpline {
  readonly count: number;
  readonly first: Int32Array;
  readonly weights: readonly [Float32Array, Float32Array, Float32Array, Float32Array];
}

/** The uniform cubic B-spline's four pieces; they add up to 1. */
const PIECES = [
  (t: number) => (1 - t) ** 3 / 6,
  (t: number) => (3 * t ** 3 - 6 * t ** 2 + 4) / 6,
  (t: number) => (-3 * t ** 3 + 3 * t ** 2 + 3 * t + 1) / 6,
  (t: number) => t ** 3 / 6,
] as const;

function axisSpline(size: number, spacing: number): AxisSpline {
  const along = (piece: (t: number) => number) =>
    Float32Array.from({ length: size }, (_, i) => piece((i / spacing) % 1));
  return {
    count: Math.floor((size - 1) / spacing) + 4,
    first: Int32Array.from({ length: size }, (_, i) => Math.floor(i / spacing)),
    weights: [along(PIECES[0]), along(PIECES[1]), along(PIECES[2]), along(PIECES[3])],
  };
}

/** target = Σ of four consecutive blocks of the source, weighted for a position along an axis. */
function blend(source: Float32Array, { first, weights }: AxisSpline, position: number, target: Float32Array): void {
  const block = target.length;
  const a = weights[0][position] ?? 0;
  const b = weights[1][position] ?? 0;
  const c = weights[2][position] ?? 0;
  const d = weights[3][position] ?? 0;
  let j = (first[position] ?? 0) * block;
  for (let i = 0; i < block; i++, j++) {
    target[i] =
      (source[j] ?? 0) * a +
      (source[j + block] ?? 0) * b +
      (source[j + 2 * block] ?? 0) * c +
      (source[j + 3 * block] ?? 0) * d;
  }
}

/** Spreads a line of control points over a row of voxels: all displacements along x, then along y, then along z. */
function spread(line: Float32Array, { first, weights, count }: AxisSpline, row: Float32Array): void {
  const [a, b, c, d] = weights;
  const size = first.length;
  for (let axis = 0; axis < 3; axis++) {
    for (let z = 0; z < size; z++) {
      const i = axis * count + (first[z] ?? 0);
      row[axis * size + z] =
        (line[i] ?? 0) * (a[z] ?? 0) +
        (line[i + 1] ?? 0) * (b[z] ?? 0) +
        (line[i + 2] ?? 0) * (c[z] ?? 0) +
        (line[i + 3] ?? 0) * (d[z] ?? 0);
    }
  }
}

/**
 * The field of given control points: a tensor product of uniform cubic B-splines, so twice continuously differentiable.
 *
 * @param control [control points along x, along y, 3, along z]
 * @see Rueckert et al., Nonrigid registration using free-form deformations, 1999
 */
function splineField(
  control: Float32Array,
  [sx, sy, sz]: readonly [AxisSpline, AxisSpline, AxisSpline],
  bound: number,
): ElasticField {
  const line = new Float32Array(3 * sz.count);
  const plane = new Float32Array(sy.count * line.length);
  const row = new Float32Array(3 * sz.first.length);
  let planeOf = -1;
  return {
    bound,
    row: (x, y) => {
      if (planeOf !== x) blend(control, sx, x, plane);
      planeOf = x;
      blend(plane, sy, y, line);
      spread(line, sz, row);
      return row;
    },
  };
}

/** @returns null where chance leaves the patch alone. */
export function drawElastic(settings: AugmentOf<'elastic'>, patch: Vec3, random: RandomStream): ElasticField | null {
  if (random.uniform() >= settings.probability) return null;
  const magnitude = random.within(settings.magnitude.from, settings.magnitude.to);
  const spline = (axis: 0 | 1 | 2) => axisSpline(patch[axis], settings.spacing);
  const splines = [spline(0), spline(1), spline(2)] as const;
  const control = new Float32Array(splines[0].count * splines[1].count * splines[2].count * 3);
  for (let i = 0; i < control.length; i++) control[i] = random.within(-magnitude, magnitude);
  return splineField(control, splines, magnitude);
}
