import type { Orientation } from '../transforms/orientation.ts';
import type { Vec3 } from '../types.ts';

/** Sides of the patient, by the axis of the world between them. */
const SIDES = ['left and right', 'back and front', 'bottom and top'] as const;

/** The ways in which a label may be mirrored against its image: axes of the world along which it is turned round. */
const MIRRORS: readonly (readonly number[])[] = [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]];

/** Of each way, what is exchanged. */
export const EXCHANGED = MIRRORS.map((axes) => axes.map((axis) => SIDES[axis]).join(', '));

/** With fewer pairs of voxels on its border a label fits as well or as badly by chance. */
const LEAST_BORDER = 100;

/**
 * How much better a label would fit its image if it were mirrored: the mean change of intensity across the label's borders in each
 * of the EXCHANGED ways, as a share of the change as the label lies. Structures end where images change, so that a label in its
 * place has shares below 1: 0.96 was the largest of 250 hippocampi.
 *
 * @param image one channel, [D, H, W]
 * @param label of the same shape
 * @returns null where the label has hardly a border, or the image is the same on both sides of it
 */
export function mirroredContrast(
  image: Float32Array,
  label: Uint8Array,
  shape: Vec3,
  orientation: Orientation,
): readonly number[] | null {
  const [nx, ny, nz] = shape;
  const strides = [ny * nz, nz, 1] as const;
  const ways = [[], ...MIRRORS].map((turned) => {
    const isTurned = orientation.map(({ axis }) => turned.includes(axis));
    return {
      // Where a voxel is after mirroring: counted from the other end along these axes.
      origin: strides.reduce((sum, stride, i) => sum + (isTurned[i] ? ((shape[i] ?? 1) - 1) * stride : 0), 0),
      steps: strides.map((stride, i) => (isTurned[i] ? -stride : stride)),
    };
  });
  const changes = new Float64Array(ways.length);
  let pairs = 0;
  const border = (x: number, y: number, z: number, axis: 0 | 1 | 2) => {
    pairs++;
    for (const [index, { origin, steps }] of ways.entries()) {
      const at = origin + x * (steps[0] ?? 0) + y * (steps[1] ?? 0) + z * (steps[2] ?? 0);
      const change = Math.abs((image[at] ?? 0) - (image[at + (steps[axis] ?? 0)] ?? 0));
      if (Number.isFinite(change)) changes[index] = (changes[index] ?? 0) + change;
    }
  };
  for (let x = 0, i = 0; x < nx; x++)
    for (let y = 0; y < ny; y++)
      for (let z = 0; z < nz; z++, i++) {
        if (x + 1 < nx && label[i] !== label[i + strides[0]]) border(x, y, z, 0);
        if (y + 1 < ny && label[i] !== label[i + strides[1]]) border(x, y, z, 1);
        if (z + 1 < nz && label[i] !== label[i + strides[2]]) border(x, y, z, 2);
      }
  const [asItLies = 0, ...mirrored] = changes;
  return pairs >= LEAST_BORDER && asItLies > 0 ? mirrored.map((change) => change / asItLies) : null;
}
