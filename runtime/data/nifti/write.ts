import { mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { syncFolder, writeDurably } from '../../system/durable.ts';
import { at, determinant, voxelSizes } from '../affine.ts';
import { polarRotation } from '../transforms/polar.ts';
import type { Affine, LabelVolume, Volume } from '../types.ts';

const HEADER_BYTES = 348;
/** Header and the four bytes that say "no extension". */
const VOXEL_OFFSET = 352;
const UNITS_MM = 2;
const XFORM_SCANNER = 1;

/**
 * Unit quaternion (b, c, d with a ≥ 0) and qfac of an affine's rotation.
 *
 * @see nifti1_io.c, nifti_mat44_to_quatern
 */
function quaternionOf(affine: Affine): { b: number; c: number; d: number; qfac: 1 | -1 } {
  const nearest = polarRotation(affine);
  const qfac = determinant(affine) < 0 ? -1 : 1;
  const r = (row: number, column: number) => (nearest[row]?.[column] ?? 0) * (column === 2 ? qfac : 1);
  const trace = r(0, 0) + r(1, 1) + r(2, 2);
  if (trace > 0) {
    const a = Math.sqrt(1 + trace) / 2;
    return {
      b: (r(2, 1) - r(1, 2)) / (4 * a),
      c: (r(0, 2) - r(2, 0)) / (4 * a),
      d: (r(1, 0) - r(0, 1)) / (4 * a),
      qfac,
    };
  }
  // Large turns: divide by the largest component instead of by a.
  const [i, j, k] = r(0, 0) >= r(1, 1) && r(0, 0) >= r(2, 2) ? [0, 1, 2] : r(1, 1) >= r(2, 2) ? [1, 2, 0] : [2, 0, 1];
  const largest = Math.sqrt(Math.max(0, 1 + r(i, i) - r(j, j) - r(k, k))) / 2;
  const a = (r(k, j) - r(j, k)) / (4 * largest);
  const vector = [0, 0, 0];
  vector[i] = largest;
  vector[j] = (r(j, i) + r(i, j)) / (4 * largest);
  vector[k] = (r(k, i) + r(i, k)) / (4 * largest);
  const sign = a < 0 ? -1 : 1;
  return { b: (vector[0] ?? 0) * sign, c: (vector[1] ?? 0) * sign, d: (vector[2] ?? 0) * sign, qfac };
}

function header(volume: Volume | LabelVolume): Buffer {
  const isLabel = volume.data instanceof Uint8Array;
  const zooms = voxelSizes(volume.affine);
  const { b, c, d, qfac } = quaternionOf(volume.affine);
  const bytes = Buffer.alloc(VOXEL_OFFSET);
  bytes.writeInt32LE(HEADER_BYTES, 0);
  [3, ...volume.shape, 1, 1, 1, 1].forEach((size, index) => {
    bytes.writeInt16LE(size, 40 + index * 2);
  });
  bytes.writeInt16LE(isLabel ? 2 : 16, 70);
  bytes.writeInt16LE(isLabel ? 8 : 32, 72);
  [qfac, ...zooms, 1, 1, 1, 1].forEach((size, index) => {
    bytes.writeFloatLE(size, 76 + index * 4);
  });
  bytes.writeFloatLE(VOXEL_OFFSET, 108);
  bytes.writeFloatLE(1, 112);
  bytes[123] = UNITS_MM;
  bytes.writeInt16LE(XFORM_SCANNER, 252);
  bytes.writeInt16LE(XFORM_SCANNER, 254);
  [b, c, d, at(volume.affine, 0, 3), at(volume.affine, 1, 3), at(volume.affine, 2, 3)].forEach((value, index) => {
    bytes.writeFloatLE(value, 256 + index * 4);
  });
  for (let element = 0; element < 12; element++) {
    bytes.writeFloatLE(at(volume.affine, Math.floor(element / 4), element % 4), 280 + element * 4);
  }
  bytes.write('n+1\0', 344, 'latin1');
  return bytes;
}

/** From the program's order (x slowest) to the file's (x fastest). */
function toFileOrder<T extends Float32Array | Uint8Array>(
  source: T,
  target: T,
  [nx, ny, nz]: readonly [number, number, number],
): T {
  let i = 0;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) target[i++] = source[(x * ny + y) * nz + z] ?? 0;
    }
  }
  return target;
}

/** The bytes of a `.nii.gz`: uint8 for labels, float32 for images; the same volume always gives the same bytes. */
export function encodeNifti(volume: Volume | LabelVolume): Buffer {
  const { data, shape } = volume;
  const voxels =
    data instanceof Uint8Array
      ? toFileOrder(data, new Uint8Array(data.length), shape)
      : toFileOrder(data, new Float32Array(data.length), shape);
  const plain = Buffer.concat([header(volume), Buffer.from(voxels.buffer, voxels.byteOffset, voxels.byteLength)]);
  const compressed = gzipSync(plain, { level: 6 });
  // The "operating system" byte of gzip would make the bytes differ between machines: 255 is "unknown".
  compressed[9] = 255;
  return compressed;
}

/** Writes a `.nii.gz` that is either whole or not there: temporary file, fsync, rename, fsync of the folder. */
export function writeNifti(path: string, volume: Volume | LabelVolume): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeDurably(temporary, [encodeNifti(volume)], 'w');
  renameSync(temporary, path);
  syncFolder(folder);
}
