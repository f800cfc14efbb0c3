import { existsSync } from 'node:fs';
import { DataError } from '../../errors.ts';
import type { ImageVolume, LabelVolume, Vec3, Volume } from '../types.ts';
import { openBytes, readBytes } from './bytes.ts';
import { NUMERIC_TYPES } from './datatypes.ts';
import { type NiftiHeader, parseHeader, unreadable } from './header.ts';

/** The other half of a `.hdr`/`.img` pair, compressed or not. */
function partner(path: string, from: 'hdr' | 'img', to: 'hdr' | 'img'): string | null {
  const stem = path.replace(new RegExp(`\\.${from}(\\.gz)?$`, 'i'), '');
  return [`${stem}.${to}`, `${stem}.${to}.gz`].find((candidate) => existsSync(candidate)) ?? null;
}

/** Reads and checks the header alone. For a pair, either half may be named. */
export function readHeader(path: string): NiftiHeader {
  return parseHeader(openBytes(headerPath(path)).head, path);
}

function headerPath(path: string): string {
  return /\.img(\.gz)?$/i.test(path) ? (partner(path, 'img', 'hdr') ?? path) : path;
}

function readVoxels(path: string): { header: NiftiHeader; bytes: ArrayBuffer } {
  const source = openBytes(headerPath(path));
  const header = parseHeader(source.head, path);
  if (!header.pair) return { header, bytes: readBytes(source, header.voxelOffset, header.voxelBytes) };
  const imagePath = partner(headerPath(path), 'hdr', 'img');
  if (imagePath === null)
    throw unreadable(path, 'magic', 'says that the voxels stand in an .img file, and there is none beside it');
  return { header, bytes: readBytes(openBytes(imagePath), header.voxelOffset, header.voxelBytes) };
}

/** The machine's own byte order, in place. Node runs on little-endian machines only. */
function toLittleEndian(bytes: ArrayBuffer, width: 1 | 2 | 4 | 8): void {
  const buffer = Buffer.from(bytes);
  if (width === 2) buffer.swap16();
  else if (width === 4) buffer.swap32();
  else if (width === 8) buffer.swap64();
}

/** Stored numbers as values, still in the file's order (x fastest). Scaled in double precision, as nibabel does. */
function values(header: NiftiHeader, bytes: ArrayBuffer): Float32Array {
  const type = NUMERIC_TYPES[header.datatype];
  if (!header.littleEndian) toLittleEndian(bytes, type.bytes);
  const stored = type.view(bytes);
  if (header.scaling === null) return stored instanceof Float32Array ? stored : new Float32Array(stored);
  const { slope, intercept } = header.scaling;
  const result = new Float32Array(stored.length);
  for (let i = 0; i < result.length; i++) result[i] = (stored[i] ?? 0) * slope + intercept;
  return result;
}

/** Edge of the blocks of the transposition, so that both sides stay in the cache. */
const BLOCK = 16;

/** From the file's order (x fastest) to the program's (x slowest); the one place where this happens. */
export function toRowMajor(source: Float32Array, [nx, ny, nz]: Vec3): Float32Array {
  const target = new Float32Array(source.length);
  for (let y = 0; y < ny; y++) {
    for (let x0 = 0; x0 < nx; x0 += BLOCK) {
      const x1 = Math.min(nx, x0 + BLOCK);
      for (let z0 = 0; z0 < nz; z0 += BLOCK) {
        const z1 = Math.min(nz, z0 + BLOCK);
        for (let x = x0; x < x1; x++) {
          for (let z = z0; z < z1; z++) target[(x * ny + y) * nz + z] = source[x + nx * (y + ny * z)] ?? 0;
        }
      }
    }
  }
  return target;
}

/**
 * Reads a NIfTI-1 or NIfTI-2 volume: `.nii`, `.nii.gz`, or a `.hdr`/`.img` pair; both byte orders; every integer and
 * float type; scl_slope and scl_inter applied. NaN stays NaN.
 *
 * @throws DataError EXP4102 that names the file and the header field
 */
export function readVolume(path: string): Volume {
  const { shape: sides, volumes } = readHeader(path);
  if (volumes > 1) {
    const held = `${[...sides, volumes].join('x')} holds ${volumes} volumes`;
    throw unreadable(path, 'dim[4]', `${held}; one is needed`);
  }
  const { shape, affine, data } = readChannels(path);
  return { shape, affine, data };
}

/** As `readVolume`, with every volume along the fourth axis a channel, as the Medical Segmentation Decathlon has them. */
export function readChannels(path: string): ImageVolume {
  const { header, bytes } = readVoxels(path);
  const { shape, affine, volumes: channels } = header;
  const stored = values(header, bytes);
  if (channels === 1) return { shape, affine, channels, data: toRowMajor(stored, shape) };
  const voxels = shape[0] * shape[1] * shape[2];
  const data = new Float32Array(stored.length);
  for (let start = 0; start < data.length; start += voxels) {
    data.set(toRowMajor(stored.subarray(start, start + voxels), shape), start);
  }
  return { shape, affine, channels, data };
}

/** Labels may be stored as floats, with whole values or nearly (0.99999997). */
const LABEL_TOLERANCE = 1e-3;

/**
 * Reads a label map: whole numbers from 0 to 255.
 *
 * @throws DataError EXP4102 also for a value that is no label
 */
export function readLabelVolume(path: string): LabelVolume {
  const { shape, affine, data } = readVolume(path);
  const labels = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? 0;
    const label = Math.round(value);
    if (!(Math.abs(value - label) <= LABEL_TOLERANCE && label >= 0 && label <= 255)) {
      const [x, y, z] = [Math.floor(i / (shape[1] * shape[2])), Math.floor(i / shape[2]) % shape[1], i % shape[2]];
      throw new DataError(
        'EXP4102',
        path,
        `${path} is no label map: voxel (${x}, ${y}, ${z}) is ${value}; labels are whole numbers from 0 to 255`,
      );
    }
    labels[i] = label;
  }
  return { shape, affine, data: labels };
}
