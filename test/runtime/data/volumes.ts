import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { IDENTITY } from '../../../runtime/data/affine.ts';
import { type CaseSource, inMemory } from '../../../runtime/data/case-source.ts';
import { foregroundOffsets } from '../../../runtime/data/transforms/foreground.ts';
import type { Affine, LabelVolume, Vec3, Volume } from '../../../runtime/data/types.ts';
import { DataError } from '../../../runtime/errors.ts';

/** Small volumes for tests, and NIfTI bytes made field by field, independently of the program's own writer. */

export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'exp-data-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Every voxel another value, so that any mix-up of axes shows. */
export function rampVolume(shape: Vec3, affine: Affine): Volume {
  return { shape, affine, data: Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => i) };
}

/** Smooth waves along all axes: interpolation errors show, rounding does not. */
export function waveVolume(shape: Vec3, affine: Affine): Volume {
  const volume = rampVolume(shape, affine);
  for (let i = 0; i < volume.data.length; i++) {
    const [x, y, z] = [Math.floor(i / (shape[1] * shape[2])), Math.floor(i / shape[2]) % shape[1], i % shape[2]];
    volume.data[i] = 100 + 50 * Math.sin(x * 0.7) + 30 * Math.cos(y * 0.5 + z * 0.3) + x * 2 - z;
  }
  return volume;
}

/** A ball of label 1 with a core of label 2. */
export function ballLabels(shape: Vec3, affine: Affine): LabelVolume {
  const data = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (let i = 0; i < data.length; i++) {
    const [x, y, z] = [Math.floor(i / (shape[1] * shape[2])), Math.floor(i / shape[2]) % shape[1], i % shape[2]];
    const r = Math.hypot(x / shape[0] - 0.45, y / shape[1] - 0.5, z / shape[2] - 0.55);
    data[i] = r < 0.15 ? 2 : r < 0.3 ? 1 : 0;
  }
  return { shape, affine, data };
}

/** A case in memory, as patches are cut from it. */
export function caseOf(image: Float32Array, label: Uint8Array, shape: Vec3): CaseSource {
  return inMemory({
    id: 'case',
    image: { shape, affine: IDENTITY, channels: 1, data: image },
    label: { shape, affine: IDENTITY, data: label },
    foreground: foregroundOffsets(label),
  });
}

export interface RawNifti {
  readonly version: 1 | 2;
  readonly bigEndian: boolean;
  readonly dims: readonly number[];
  readonly datatype: number;
  readonly bitpix: number;
  readonly slope: number;
  readonly intercept: number;
  readonly voxelOffset: number;
  readonly magic: string;
  readonly pixdim: readonly number[];
  readonly qform: { code: number; quaternion: readonly number[]; offset: readonly number[] };
  readonly sform: { code: number; rows: readonly number[] };
  readonly intent: number;
  readonly voxels: Buffer;
}

const identityRows = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

/** A 2 × 3 × 4 uint8 volume holding 0, 1, 2, … in the file's order, but for what `changes` says. */
export function rawNifti(changes: Partial<RawNifti> = {}): Buffer {
  const version = changes.version ?? 1;
  const nifti: RawNifti = {
    version,
    bigEndian: false,
    dims: [3, 2, 3, 4, 1, 1, 1, 1],
    datatype: 2,
    bitpix: 8,
    slope: 1,
    intercept: 0,
    voxelOffset: version === 1 ? 352 : 544,
    magic: version === 1 ? 'n+1\0' : 'n+2\0\r\n\x1a\n',
    pixdim: [1, 1, 1, 1, 1, 1, 1, 1],
    qform: { code: 0, quaternion: [0, 0, 0], offset: [0, 0, 0] },
    sform: { code: 1, rows: identityRows },
    intent: 0,
    voxels: Buffer.from(Array.from({ length: 24 }, (_, i) => i)),
    ...changes,
  };
  return Buffer.concat([version === 1 ? header1(nifti) : header2(nifti), nifti.voxels]);
}

function fields(length: number, bigEndian: boolean) {
  const bytes = Buffer.alloc(length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  return {
    bytes,
    int16: (at: number, value: number) => view.setInt16(at, value, !bigEndian),
    int32: (at: number, value: number) => view.setInt32(at, value, !bigEndian),
    int64: (at: number, value: number) => view.setBigInt64(at, BigInt(value), !bigEndian),
    float32: (at: number, value: number) => view.setFloat32(at, value, !bigEndian),
    float64: (at: number, value: number) => view.setFloat64(at, value, !bigEndian),
  };
}

/** @see nifti1.h */
function header1(nifti: RawNifti): Buffer {
  const to = fields(
    Math.max(352, Number.isFinite(nifti.voxelOffset) ? Math.min(nifti.voxelOffset, 4096) : 352),
    nifti.bigEndian,
  );
  to.int32(0, 348);
  nifti.dims.forEach((size, i) => {
    to.int16(40 + i * 2, size);
  });
  to.int16(68, nifti.intent);
  to.int16(70, nifti.datatype);
  to.int16(72, nifti.bitpix);
  nifti.pixdim.forEach((size, i) => {
    to.float32(76 + i * 4, size);
  });
  to.float32(108, nifti.voxelOffset);
  to.float32(112, nifti.slope);
  to.float32(116, nifti.intercept);
  to.int16(252, nifti.qform.code);
  to.int16(254, nifti.sform.code);
  [...nifti.qform.quaternion, ...nifti.qform.offset].forEach((value, i) => {
    to.float32(256 + i * 4, value);
  });
  nifti.sform.rows.forEach((value, i) => {
    to.float32(280 + i * 4, value);
  });
  to.bytes.write(nifti.magic, 344, 'latin1');
  return to.bytes;
}

/** @see nifti2.h */
function header2(nifti: RawNifti): Buffer {
  const to = fields(544, nifti.bigEndian);
  to.int32(0, 540);
  to.bytes.write(nifti.magic, 4, 'latin1');
  to.int16(12, nifti.datatype);
  to.int16(14, nifti.bitpix);
  nifti.dims.forEach((size, i) => {
    to.int64(16 + i * 8, size);
  });
  nifti.pixdim.forEach((size, i) => {
    to.float64(104 + i * 8, size);
  });
  to.int64(168, nifti.voxelOffset);
  to.float64(176, nifti.slope);
  to.float64(184, nifti.intercept);
  to.int32(344, nifti.qform.code);
  to.int32(348, nifti.sform.code);
  [...nifti.qform.quaternion, ...nifti.qform.offset].forEach((value, i) => {
    to.float64(352 + i * 8, value);
  });
  nifti.sform.rows.forEach((value, i) => {
    to.float64(400 + i * 8, value);
  });
  to.int32(504, nifti.intent);
  return to.bytes;
}

export function writeBytes(folder: string, name: string, bytes: Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(bytes) : bytes);
  return path;
}

/** The DataError that an action ends with; anything else fails the test. */
export function dataErrorOf(action: () => unknown): DataError {
  try {
    action();
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
  throw new Error('expected a DataError, and none came');
}

export async function dataErrorFrom(action: Promise<unknown>): Promise<DataError> {
  try {
    await action;
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
  throw new Error('expected a DataError, and none came');
}
