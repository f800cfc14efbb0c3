import { gzipSync } from 'node:zlib';
import { writeWhole } from '../../system/durable.ts';
import { at, determinant, voxelSizes } from '../affine.ts';
import { polarRotation } from '../transforms/polar.ts';
import type { Affine, LabelVolume, Vec3, Volume } from '../types.ts';
import type { NiftiGeometry } from './geometry.ts';

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

/** The header's words for an affine, for volumes that were not read from a file. */
function geometryOfAffine(affine: Affine): NiftiGeometry {
  const [x, y, z] = voxelSizes(affine);
  const { b, c, d, qfac } = quaternionOf(affine);
  return {
    qfac,
    zooms: [x, y, z, 1],
    units: UNITS_MM,
    qformCode: XFORM_SCANNER,
    sformCode: XFORM_SCANNER,
    qform: [b, c, d, at(affine, 0, 3), at(affine, 1, 3), at(affine, 2, 3)],
    sform: affine.slice(0, 3).flat(),
  };
}

function writeHeader(bytes: Buffer, volume: Volume | LabelVolume, geometry: NiftiGeometry): void {
  const isLabel = volume.data instanceof Uint8Array;
  bytes.writeInt32LE(HEADER_BYTES, 0);
  [3, ...volume.shape, 1, 1, 1, 1].forEach((size, index) => {
    bytes.writeInt16LE(size, 40 + index * 2);
  });
  bytes.writeInt16LE(isLabel ? 2 : 16, 70);
  bytes.writeInt16LE(isLabel ? 8 : 32, 72);
  [geometry.qfac, ...geometry.zooms, 1, 1, 1].forEach((size, index) => {
    bytes.writeFloatLE(size, 76 + index * 4);
  });
  bytes.writeFloatLE(VOXEL_OFFSET, 108);
  bytes.writeFloatLE(1, 112);
  bytes[123] = geometry.units;
  bytes.writeInt16LE(geometry.qformCode, 252);
  bytes.writeInt16LE(geometry.sformCode, 254);
  geometry.qform.forEach((value, index) => {
    bytes.writeFloatLE(value, 256 + index * 4);
  });
  geometry.sform.forEach((value, index) => {
    bytes.writeFloatLE(value, 280 + index * 4);
  });
  bytes.write('n+1\0', 344, 'latin1');
}

/** Edge of the blocks of the transposition, so that both sides stay in the cache. */
const BLOCK = 16;

/** From the program's order (x slowest) to the file's (x fastest). */
function toFileOrder<T extends Float32Array | Uint8Array>(source: T, target: T, [nx, ny, nz]: Vec3): void {
  for (let y = 0; y < ny; y++) {
    for (let x0 = 0; x0 < nx; x0 += BLOCK) {
      const x1 = Math.min(nx, x0 + BLOCK);
      for (let z = 0; z < nz; z++) {
        for (let x = x0; x < x1; x++) target[x + nx * (y + ny * z)] = source[(x * ny + y) * nz + z] ?? 0;
      }
    }
  }
}

/**
 * The bytes of a `.nii`: uint8 for labels, float32 for images.
 *
 * @param geometry of the file whose grid this is; by default made of the affine
 */
export function encodePlainNifti(volume: Volume | LabelVolume, geometry = geometryOfAffine(volume.affine)): Buffer {
  const { data, shape } = volume;
  const bytes = Buffer.from(new ArrayBuffer(VOXEL_OFFSET + data.byteLength));
  writeHeader(bytes, volume, geometry);
  if (data instanceof Uint8Array) toFileOrder(data, new Uint8Array(bytes.buffer, VOXEL_OFFSET), shape);
  else toFileOrder(data, new Float32Array(bytes.buffer, VOXEL_OFFSET), shape);
  return bytes;
}

/** The bytes of a `.nii.gz`; the same volume always gives the same bytes. */
export function encodeNifti(volume: Volume | LabelVolume, geometry?: NiftiGeometry): Buffer {
  const compressed = gzipSync(encodePlainNifti(volume, geometry), { level: 6 });
  // The "operating system" byte of gzip would make the bytes differ between machines: 255 is "unknown".
  compressed[9] = 255;
  return compressed;
}

/** Writes a `.nii.gz` (or a `.nii`, by its name) that is either whole or not there. */
export function writeNifti(path: string, volume: Volume | LabelVolume, geometry?: NiftiGeometry): void {
  const encode = path.endsWith('.gz') ? encodeNifti : encodePlainNifti;
  writeWhole(path, encode(volume, geometry));
}
