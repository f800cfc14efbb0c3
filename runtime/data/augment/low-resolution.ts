import { channelsOf } from '../channels.ts';
import { changeInPlace } from '../kernels/voxel-kernels.ts';
import { axisWeights, roundHalfToEven } from '../transforms/resample.ts';
import type { Vec3 } from '../types.ts';
import type { Augmentation } from './types.ts';

/**
 * Takes every so many voxels and interpolates between them again, with the given probability; what is left of each side is
 * uniform in the range.
 *
 * @see MONAI RandSimulateLowResolution (nearest down, trilinear up)
 */
export const lowResolution: Augmentation<'low_resolution'> = ({ image, shape }, { zoom, probability }, random) => {
  if (random.uniform() >= probability) return;
  const drawn = random.within(zoom.from, zoom.to);
  for (const channel of channelsOf({ shape, data: image })) coarsen(channel, shape, drawn);
};

/**
 * Down to round(size · zoom), of which each voxel is ⌊i · size / coarse size⌋ along each axis, and up again, in place: in
 * float32, first along z, where there are fewer rows, then of whole rows.
 *
 * @see torch.nn.functional.interpolate (nearest, then trilinear with align_corners=False)
 */
export function coarsen(image: Float32Array, [nx, ny, nz]: Vec3, zoom: number): void {
  const [x, y, z] = [coarseAxis(nx, zoom), coarseAxis(ny, zoom), coarseAxis(nz, zoom)];
  const [my, rowBytes] = [y.taken.length, 4 * nz];
  const sizes = [x.taken.length * my * nz, 3 * nz];
  changeInPlace(image, sizes, (pointer, { kernels, pointers: [rows = 0, places = 0], arrays: [, table] }) => {
    if (table === undefined) return;
    writePlaces(z, table);
    let row = rows;
    for (const i of x.taken) {
      for (const j of y.taken) {
        kernels.interpolateRow(row, nz, pointer + (i * ny + j) * rowBytes, places);
        row += rowBytes;
      }
    }
    for (let i = 0, to = pointer; i < nx; i++) {
      const fx = x.weight[i] ?? 0;
      const [x0, x1] = [rows + (x.lower[i] ?? 0) * my * rowBytes, rows + (x.upper[i] ?? 0) * my * rowBytes];
      for (let j = 0; j < ny; j++, to += rowBytes) {
        const fy = y.weight[j] ?? 0;
        const [y0, y1] = [(y.lower[j] ?? 0) * rowBytes, (y.upper[j] ?? 0) * rowBytes];
        const [a, b, c, d] = [(1 - fx) * (1 - fy), (1 - fx) * fy, fx * (1 - fy), fx * fy];
        kernels.blendRows(to, nz, x0 + y0, x0 + y1, x1 + y0, x1 + y1, a, b, c, d);
      }
    }
  });
}

interface CoarseAxis extends ReturnType<typeof axisWeights> {
  /** Which voxels the coarse ones are. */
  readonly taken: Int32Array;
}

/** Voxel centres lie half a voxel inside of the edges, which both grids share. */
function coarseAxis(size: number, zoom: number): CoarseAxis {
  const coarse = Math.max(1, roundHalfToEven(size * zoom));
  const taken = Int32Array.from({ length: coarse }, (_, k) => Math.min(size - 1, Math.floor((k * size) / coarse)));
  return { taken, ...axisWeights(size, coarse, coarse / size, coarse / size / 2 - 0.5) };
}

/** What `interpolateRow` of kernels.as reads. */
function writePlaces({ taken, lower, upper, weight }: CoarseAxis, table: Float32Array): void {
  const offsets = new Int32Array(table.buffer, table.byteOffset, table.length);
  for (const [k, fraction] of weight.entries()) {
    offsets[3 * k] = 4 * (taken[lower[k] ?? 0] ?? 0);
    offsets[3 * k + 1] = 4 * (taken[upper[k] ?? 0] ?? 0);
    table[3 * k + 2] = fraction;
  }
}
