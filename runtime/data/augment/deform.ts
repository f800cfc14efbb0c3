import { applyTo, at, IDENTITY } from '../affine.ts';
import type { CaseSource } from '../case-source.ts';
import { channelsOf } from '../channels.ts';
import type { Box } from '../transforms/crop.ts';
import { padBefore } from '../transforms/pad.ts';
import type { Affine, Vec3 } from '../types.ts';
import type { ElasticField } from './elastic.ts';
import type { Patch } from './types.ts';

/**
 * Patches taken from a volume along a bent and turned grid. Voxel p of the patch shows the volume at
 * centre + A · (p − middle + d(p)): d the elastic field, A the affine, centre the middle of the straight patch.
 *
 * The patch comes out of the volume itself, not out of a straight patch, so that its corners show what is there. Beyond the
 * volume the nearest border voxel counts; where the volume is smaller than the patch it is padded with zeros first.
 *
 * @see MONAI RandAffine, Rand3DElastic (mode bilinear and nearest, padding_mode "border")
 */
export interface Deformation {
  readonly affine: Affine | null;
  readonly elastic: ElasticField | null;
}

/** Patch voxel → volume voxel, before the elastic field is added. */
function gridOf(affine: Affine, start: Vec3, patch: Vec3): Affine {
  const middle: Vec3 = [(patch[0] - 1) / 2, (patch[1] - 1) / 2, (patch[2] - 1) / 2];
  const moved = applyTo(affine, [-middle[0], -middle[1], -middle[2]]);
  return affine.map(([a, b, c, d], r) =>
    r < 3 ? [a, b, c, (start[r] ?? 0) + (middle[r] ?? 0) + (moved[r] ?? 0)] : [a, b, c, d],
  );
}

/** The part of the padded volume that the patch looks at: sampled with clamped coordinates, it gives what the whole gives. */
function visibleBox(grid: Affine, bound: number, shape: Vec3, patch: Vec3): Box {
  const before = padBefore(shape, patch);
  const along = (r: 0 | 1 | 2): readonly [number, number] => {
    let [low, high] = [at(grid, r, 3), at(grid, r, 3)];
    for (const c of [0, 1, 2] as const) {
      const slope = at(grid, r, c);
      const ends = [slope * -bound, slope * (patch[c] - 1 + bound)];
      low += Math.min(...ends);
      high += Math.max(...ends);
    }
    const [first, last] = [-before[r], Math.max(shape[r], patch[r]) - before[r] - 1];
    const clamp = (value: number) => Math.min(last, Math.max(first, value));
    return [clamp(Math.floor(low)), clamp(Math.ceil(high))];
  };
  const [x, y, z] = [along(0), along(1), along(2)];
  return { start: [x[0], y[0], z[0]], size: [x[1] - x[0] + 1, y[1] - y[0] + 1, z[1] - z[0] + 1] };
}

/** Fills the patch that begins at `start` when it is straight. */
export function deformPatch(
  source: Pick<CaseSource, 'shape' | 'channels' | 'readImage' | 'readLabel'>,
  start: Vec3,
  { affine, elastic }: Deformation,
  patch: Patch,
): void {
  const grid = gridOf(affine ?? IDENTITY, start, patch.shape);
  const box = visibleBox(grid, elastic?.bound ?? 0, source.shape, patch.shape);
  const voxels = box.size[0] * box.size[1] * box.size[2];
  const image = new Float32Array(voxels * source.channels);
  const label = new Int32Array(voxels);
  source.readImage(box.start, box.size, image);
  source.readLabel(box.start, box.size, label);
  const within = grid.map(([a, b, c, d], r) => [a, b, c, d - (box.start[r] ?? 0)] as const);
  const targets = channelsOf({ shape: patch.shape, data: patch.image });
  for (const [c, channel] of channelsOf({ shape: box.size, data: image }).entries()) {
    const target = { ...patch, image: targets[c] ?? patch.image };
    sample({ image: channel, label, shape: box.size }, within, elastic, target);
  }
}

/** Trilinear for one channel of the image, nearest for the label; coordinates beyond the source go to its border. */
function sample(source: Patch, grid: Affine, elastic: ElasticField | null, target: Patch): void {
  const { image, label } = source;
  const [mx, my, mz] = source.shape;
  const [nx, ny, nz] = target.shape;
  const [xx, xy, xz, x0] = grid[0] ?? [1, 0, 0, 0];
  const [yx, yy, yz, y0] = grid[1] ?? [0, 1, 0, 0];
  const [zx, zy, zz, z0] = grid[2] ?? [0, 0, 1, 0];
  const [lastX, lastY, lastZ] = [mx - 1, my - 1, mz - 1];
  const plane = my * mz;
  const flat = new Float32Array(3 * nz);
  let i = 0;
  for (let x = 0; x < nx; x++) {
    for (let y = 0; y < ny; y++) {
      const bent = elastic?.row(x, y) ?? flat;
      for (let z = 0; z < nz; z++) {
        const u = x + (bent[z] ?? 0);
        const v = y + (bent[nz + z] ?? 0);
        const w = z + (bent[2 * nz + z] ?? 0);
        const px = Math.min(lastX, Math.max(0, xx * u + xy * v + xz * w + x0));
        const py = Math.min(lastY, Math.max(0, yx * u + yy * v + yz * w + y0));
        const pz = Math.min(lastZ, Math.max(0, zx * u + zy * v + zz * w + z0));
        // Coordinates are not negative here, so truncation is the floor.
        const ix = px | 0;
        const iy = py | 0;
        const iz = pz | 0;
        const fx = px - ix;
        const fy = py - iy;
        const fz = pz - iz;
        const corner = ix * plane + iy * mz + iz;
        const stepX = ix < lastX ? plane : 0;
        const stepY = iy < lastY ? mz : 0;
        const stepZ = iz < lastZ ? 1 : 0;
        const near = corner + stepX;
        const a = (image[corner] ?? 0) * (1 - fz) + (image[corner + stepZ] ?? 0) * fz;
        const b = (image[corner + stepY] ?? 0) * (1 - fz) + (image[corner + stepY + stepZ] ?? 0) * fz;
        const c = (image[near] ?? 0) * (1 - fz) + (image[near + stepZ] ?? 0) * fz;
        const d = (image[near + stepY] ?? 0) * (1 - fz) + (image[near + stepY + stepZ] ?? 0) * fz;
        target.image[i] = (a * (1 - fy) + b * fy) * (1 - fx) + (c * (1 - fy) + d * fy) * fx;
        target.label[i] = label[((px + 0.5) | 0) * plane + ((py + 0.5) | 0) * mz + ((pz + 0.5) | 0)] ?? 0;
        i++;
      }
    }
  }
}
