import { affineFrom, at, multiply } from '../affine.ts';
import type { Affine, Vec3 } from '../types.ts';
import { polarRotation } from './polar.ts';

/** Where each array axis points in the world. `axis` 0, 1, 2 is left–right, posterior–anterior, inferior–superior. */
export interface AxisDirection {
  readonly axis: 0 | 1 | 2;
  /** 1: towards right, anterior, superior. */
  readonly sign: 1 | -1;
}

export type Orientation = readonly [AxisDirection, AxisDirection, AxisDirection];

const LETTERS: Readonly<Record<string, AxisDirection>> = {
  R: { axis: 0, sign: 1 },
  L: { axis: 0, sign: -1 },
  A: { axis: 1, sign: 1 },
  P: { axis: 1, sign: -1 },
  S: { axis: 2, sign: 1 },
  I: { axis: 2, sign: -1 },
};

const WORLD_AXES = [0, 1, 2] as const;

/**
 * An orientation of three letters, each the side that an axis runs towards, as nibabel and MONAI write it (`RAS`).
 *
 * @throws RangeError for anything else; the compiler checks the plan's value
 */
export function parseOrientation(code: string): Orientation {
  const [x, y, z] = [...code.toUpperCase()].map((letter) => LETTERS[letter]);
  if (
    code.length !== 3 ||
    x === undefined ||
    y === undefined ||
    z === undefined ||
    new Set([x.axis, y.axis, z.axis]).size !== 3
  ) {
    throw new RangeError(`${code} is no orientation; one of R or L, A or P, S or I for each axis, such as RAS`);
  }
  return [x, y, z];
}

export function orientationCode(orientation: Orientation): string {
  return orientation
    .map((direction) =>
      Object.keys(LETTERS).find(
        (key) => LETTERS[key]?.axis === direction.axis && LETTERS[key]?.sign === direction.sign,
      ),
    )
    .join('');
}

/**
 * The nearest orientation of an affine. Array axes are matched to world axes from the clearest to the least clear.
 *
 * @see nibabel.orientations.io_orientation
 */
export function orientationOf(affine: Affine): Orientation {
  const rotation = polarRotation(affine);
  const strength = (column: number) => Math.max(...WORLD_AXES.map((row) => at(rotation, row, column) ** 2));
  const order = [...WORLD_AXES].sort((a, b) => strength(b) - strength(a) || a - b);
  const taken = new Set<number>();
  const found = new Map<number, AxisDirection>();
  for (const column of order) {
    const free = WORLD_AXES.filter((row) => !taken.has(row));
    const axis = free.reduce((best, row) =>
      Math.abs(at(rotation, row, column)) > Math.abs(at(rotation, best, column)) ? row : best,
    );
    taken.add(axis);
    found.set(column, { axis, sign: at(rotation, axis, column) < 0 ? -1 : 1 });
  }
  const direction = (column: number) => found.get(column) ?? { axis: 0, sign: 1 };
  return [direction(0), direction(1), direction(2)];
}

interface Grid<T extends Float32Array | Uint8Array> {
  readonly shape: Vec3;
  readonly affine: Affine;
  readonly data: T;
}

/**
 * Flips and permutes axes so that the volume runs as `code` says; voxels keep their places in the world.
 *
 * @see MONAI Orientation
 */
export function reorient<T extends Float32Array | Uint8Array>(volume: Grid<T>, code: string): Grid<T> {
  const source = orientationOf(volume.affine);
  const target = parseOrientation(code);
  // For each axis of the result: which axis of the source it is, and whether it runs backwards.
  const from = target.map(({ axis }) => source.findIndex((direction) => direction.axis === axis));
  const flipped = target.map(({ sign }, i) => source[from[i] ?? 0]?.sign !== sign);
  if (from.every((axis, i) => axis === i) && !flipped.includes(true)) return volume;

  const size = (i: number) => volume.shape[from[i] ?? 0] ?? 1;
  const shape: Vec3 = [size(0), size(1), size(2)];
  const toSource = affineFrom((row, column) => {
    const i = from.indexOf(row);
    if (column === 3) return flipped[i] ? size(i) - 1 : 0;
    return column === i ? (flipped[i] ? -1 : 1) : 0;
  });
  return { shape, affine: multiply(volume.affine, toSource), data: permute(volume, shape, from, flipped) };
}

function permute<T extends Float32Array | Uint8Array>(
  volume: Grid<T>,
  shape: Vec3,
  from: readonly number[],
  flipped: readonly boolean[],
): T {
  const sourceStrides = [volume.shape[1] * volume.shape[2], volume.shape[2], 1];
  const stride = (i: number) => (sourceStrides[from[i] ?? 0] ?? 0) * (flipped[i] ? -1 : 1);
  const [sx, sy, sz] = [stride(0), stride(1), stride(2)];
  const start = shape.reduce(
    (sum, size, i) => sum + (flipped[i] ? (size - 1) * (sourceStrides[from[i] ?? 0] ?? 0) : 0),
    0,
  );
  const { data } = volume;
  const result = data.slice() as T;
  let i = 0;
  for (let x = 0; x < shape[0]; x++) {
    for (let y = 0; y < shape[1]; y++) {
      let j = start + x * sx + y * sy;
      for (let z = 0; z < shape[2]; z++, j += sz) result[i++] = data[j] ?? 0;
    }
  }
  return result;
}
