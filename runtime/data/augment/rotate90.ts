import { channelsOf } from '../channels.ts';
import type { Vec3 } from '../types.ts';
import { PLANE_AXES, stridesOf } from './axes.ts';
import type { Augmentation } from './types.ts';

/**
 * With the given probability, one, two or three quarter turns in one of the planes. Only planes whose sides are equal take
 * part, since a batch has one shape; where there is none the patch stays as it is.
 *
 * @see MONAI RandRotate90
 */
export const rotate90: Augmentation<'rotate90'> = (patch, { planes, probability }, random) => {
  if (random.uniform() >= probability) return;
  const square = planes.map((plane) => PLANE_AXES[plane]).filter(([a, b]) => patch.shape[a] === patch.shape[b]);
  const plane = square[random.integer(square.length)];
  if (plane === undefined) return;
  const turns = 1 + random.integer(3);
  for (const channel of channelsOf({ shape: patch.shape, data: patch.image })) turn(channel, patch.shape, plane, turns);
  turn(patch.label, patch.shape, plane, turns);
};

/** How a turned patch is read out of its source: first offset, and the step for each voxel along the plane's two axes. */
function reading(
  turns: number,
  last: number,
  strideA: number,
  strideB: number,
): readonly [first: number, stepA: number, stepB: number] {
  if (turns === 1) return [last * strideB, -strideB, strideA];
  if (turns === 2) return [last * (strideA + strideB), -strideA, -strideB];
  return [last * strideA, strideB, -strideA];
}

/** Quarter turns (1 to 3) from the first axis towards the second, in place, as numpy.rot90. The two sides are equal. */
export function turn(
  data: Float32Array | Int32Array,
  shape: Vec3,
  [a, b]: readonly [0 | 1 | 2, 0 | 1 | 2],
  turns: number,
): void {
  const strides = stridesOf(shape);
  const [first, stepA, stepB] = reading(turns, shape[a] - 1, strides[a], strides[b]);
  const step = (axis: 0 | 1 | 2) => (axis === a ? stepA : axis === b ? stepB : strides[axis]);
  const [sx, sy, sz] = [step(0), step(1), step(2)];
  const source = data.slice();
  let i = 0;
  for (let x = 0; x < shape[0]; x++) {
    for (let y = 0; y < shape[1]; y++) {
      for (let z = 0; z < shape[2]; z++) data[i++] = source[first + x * sx + y * sy + z * sz] ?? 0;
    }
  }
}
