import { NIFTI1, NIFTI2 } from 'nifti-reader-js';
import { DataError } from '../../errors.ts';
import { affineFrom, determinant } from '../affine.ts';
import type { Affine, Vec3 } from '../types.ts';
import { isNumericCode, NUMERIC_TYPES, type NumericCode, OTHER_TYPES } from './datatypes.ts';
import { geometryOf, type NiftiGeometry } from './geometry.ts';

/** What reading a volume needs of a header, checked. */
export interface NiftiHeader {
  readonly version: 1 | 2;
  readonly littleEndian: boolean;
  /** Voxels stand in a separate `.img` file. */
  readonly pair: boolean;
  readonly shape: Vec3;
  /** Along the fourth axis: channels of an image, or moments in time. */
  readonly volumes: number;
  readonly datatype: NumericCode;
  /** Where the voxels start, in bytes. */
  readonly voxelOffset: number;
  /** Bytes of all voxels. */
  readonly voxelBytes: number;
  /** Null: the stored numbers are the values. */
  readonly scaling: { readonly slope: number; readonly intercept: number } | null;
  readonly affine: Affine;
  readonly geometry: NiftiGeometry;
}

/** Enough for either version of the header. */
export const HEADER_BYTES = 540;
const NIFTI1_BYTES = 348;
const NIFTI2_BYTES = 540;

/** 1024³: some ten times the largest CT in use. What claims more is damaged, and would not fit in memory either. */
const MAX_VOXELS = 2 ** 30;

/** A volume that cannot be read: names the file and the header field at fault. */
export function unreadable(path: string, field: string, problem: string): DataError {
  return new DataError('EXP4102', path, `cannot read ${path}: ${field}: ${problem}`);
}

/** The header as nifti-reader-js decodes it, from the header's own bytes: extensions are skipped by `vox_offset` alone. */
function decode(bytes: Buffer, path: string): { raw: NIFTI1 | NIFTI2; version: 1 | 2 } {
  if (bytes.length < NIFTI1_BYTES) {
    throw unreadable(path, 'sizeof_hdr', `the file ends after ${bytes.length} bytes, a header has ${NIFTI1_BYTES}`);
  }
  const sizes = [bytes.readInt32LE(0), bytes.readInt32BE(0)];
  const version = sizes.includes(NIFTI1_BYTES) ? 1 : sizes.includes(NIFTI2_BYTES) ? 2 : null;
  if (version === null) {
    throw unreadable(
      path,
      'sizeof_hdr',
      `${sizes[0]} is neither 348 (NIfTI-1) nor 540 (NIfTI-2); this is no NIfTI file`,
    );
  }
  const length = version === 1 ? NIFTI1_BYTES : NIFTI2_BYTES;
  if (bytes.length < length) {
    throw unreadable(path, 'sizeof_hdr', `the file ends after ${bytes.length} bytes, a NIfTI-2 header has ${length}`);
  }
  const raw = version === 1 ? new NIFTI1() : new NIFTI2();
  raw.readHeader(new Uint8Array(bytes.subarray(0, length)).buffer);
  return { raw, version };
}

function isPair(raw: NIFTI1 | NIFTI2, path: string): boolean {
  const magic = raw.magic.slice(0, 3);
  if (magic === 'n+1' || magic === 'n+2') return false;
  if (magic === 'ni1' || magic === 'ni2') return true;
  throw unreadable(path, 'magic', `${JSON.stringify(magic)} is none of n+1, ni1, n+2, ni2`);
}

function sizesOf(raw: NIFTI1 | NIFTI2, path: string): { readonly shape: Vec3; readonly volumes: number } {
  const [rank = 0, ...sizes] = raw.dims;
  if (!Number.isInteger(rank) || rank < 1 || rank > 7)
    throw unreadable(path, 'dim[0]', `${rank} is not between 1 and 7`);
  if (raw.intent_code >= 3000 && raw.intent_code < 3100) {
    throw unreadable(path, 'intent_code', `${raw.intent_code} marks a CIFTI file, which holds no voxel grid`);
  }
  if (rank < 3) throw unreadable(path, 'dim[0]', `${rank} dimensions; a volume has 3`);
  const used = sizes.slice(0, rank);
  const wrong = used.findIndex((size) => !Number.isInteger(size) || size < 1);
  if (wrong >= 0) throw unreadable(path, `dim[${wrong + 1}]`, `${used[wrong]} is no size`);
  const [x = 0, y = 0, z = 0, ...rest] = used;
  const [volumes = 1, ...further] = rest;
  const more = further.findIndex((size) => size > 1);
  if (more >= 0) {
    const held = rest.reduce((a, b) => a * b);
    throw unreadable(path, `dim[${more + 5}]`, `${used.join('x')} holds ${held} volumes along several axes`);
  }
  if (x * y * z * volumes > MAX_VOXELS)
    throw unreadable(path, 'dim', `${used.join('x')} voxels are more than the ${MAX_VOXELS} that are read`);
  return { shape: [x, y, z], volumes };
}

function datatypeOf(raw: NIFTI1 | NIFTI2, path: string): NumericCode {
  const code = raw.datatypeCode;
  if (isNumericCode(code)) return code;
  const name = OTHER_TYPES[code];
  throw unreadable(
    path,
    'datatype',
    name === undefined
      ? `${code} is no NIfTI type`
      : `${code} (${name}) is not one number a voxel; integers and floats up to 64 bits are read`,
  );
}

function voxelOffsetOf(raw: NIFTI1 | NIFTI2, version: 1 | 2, pair: boolean, path: string): number {
  const offset = raw.vox_offset;
  const smallest = pair ? 0 : version === 1 ? NIFTI1_BYTES : NIFTI2_BYTES;
  if (!Number.isSafeInteger(offset) || offset < smallest) {
    throw unreadable(path, 'vox_offset', `${offset}; voxels start at byte ${smallest} or later`);
  }
  return offset;
}

/** nibabel's rule: a slope of 0 or not a number means "not scaled". */
function scalingOf(raw: NIFTI1 | NIFTI2, path: string): NiftiHeader['scaling'] {
  const [slope, intercept] = [raw.scl_slope, raw.scl_inter];
  if (slope === 0 || !Number.isFinite(slope)) return null;
  if (!Number.isFinite(intercept)) throw unreadable(path, 'scl_inter', `${intercept} is no number`);
  return slope === 1 && intercept === 0 ? null : { slope, intercept };
}

/** Rows srow_x, srow_y, srow_z. Read here because the library's `affine` prefers the qform where its code is larger. */
function sformOf(bytes: Buffer, version: 1 | 2, littleEndian: boolean): Affine {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return affineFrom((row, column) => {
    const element = row * 4 + column;
    return version === 1
      ? view.getFloat32(280 + element * 4, littleEndian)
      : view.getFloat64(400 + element * 8, littleEndian);
  });
}

/** Sizes as nibabel mends them: no sign, and 1 for 0. */
function zoomsOf(raw: NIFTI1 | NIFTI2): Vec3 {
  const zoom = (axis: number) => Math.abs(raw.pixDims[axis] ?? 1) || 1;
  return [zoom(1), zoom(2), zoom(3)];
}

/** @see nifti1.h, METHOD 2: rotation from the quaternion, times pixdim, with qfac on the third axis */
function qformOf(raw: NIFTI1 | NIFTI2): Affine {
  const { quatern_b: b, quatern_c: c, quatern_d: d } = raw;
  const zooms = zoomsOf(raw);
  const squares = b * b + c * c + d * d;
  // Rounding to float32 may leave the vector part a little longer than 1: a half turn, with a = 0.
  const norm = Math.sqrt(Math.max(1, squares));
  const a = Math.sqrt(Math.max(0, 1 - squares));
  const [p, q, r] = [b / norm, c / norm, d / norm];
  const rotation = [
    [a * a + p * p - q * q - r * r, 2 * (p * q - a * r), 2 * (p * r + a * q)],
    [2 * (p * q + a * r), a * a + q * q - p * p - r * r, 2 * (q * r - a * p)],
    [2 * (p * r - a * q), 2 * (q * r + a * p), a * a + r * r - q * q - p * p],
  ];
  const qfac = raw.pixDims[0] === -1 ? -1 : 1;
  const scale = [zooms[0], zooms[1], zooms[2] * qfac];
  const offset = [raw.qoffset_x, raw.qoffset_y, raw.qoffset_z];
  return affineFrom((row, column) =>
    column === 3 ? (offset[row] ?? 0) : (rotation[row]?.[column] ?? 0) * (scale[column] ?? 1),
  );
}

/** Neither form is set: as nibabel (and so MONAI) has it, centred, with x running to the left. */
function pixdimAffine(raw: NIFTI1 | NIFTI2, shape: Vec3): Affine {
  const zooms = zoomsOf(raw);
  const scale = [-zooms[0], zooms[1], zooms[2]];
  return affineFrom((row, column) =>
    column === 3 ? (-(scale[row] ?? 0) * ((shape[row] ?? 1) - 1)) / 2 : row === column ? (scale[row] ?? 0) : 0,
  );
}

function affineOf(raw: NIFTI1 | NIFTI2, bytes: Buffer, version: 1 | 2, shape: Vec3, path: string): Affine {
  const [field, affine] =
    raw.sform_code > 0
      ? (['srow_x, srow_y, srow_z', sformOf(bytes, version, raw.littleEndian)] as const)
      : raw.qform_code > 0
        ? (['quatern_b, quatern_c, quatern_d, qoffset', qformOf(raw)] as const)
        : (['pixdim', pixdimAffine(raw, shape)] as const);
  if (!affine.flat().every(Number.isFinite)) throw unreadable(path, field, 'holds what is no number');
  if (Math.abs(determinant(affine)) < 1e-12) throw unreadable(path, field, 'maps the volume onto a plane or less');
  return affine;
}

/**
 * Decodes and checks a header: both versions and byte orders; sform before qform before pixdim.
 *
 * @param bytes the first `HEADER_BYTES` of the file, or what there is of them
 * @throws DataError EXP4102 that names the file and the field
 */
export function parseHeader(bytes: Buffer, path: string): NiftiHeader {
  const { raw, version } = decode(bytes, path);
  const pair = isPair(raw, path);
  const { shape, volumes } = sizesOf(raw, path);
  const datatype = datatypeOf(raw, path);
  return {
    version,
    littleEndian: raw.littleEndian,
    pair,
    shape,
    volumes,
    datatype,
    voxelOffset: voxelOffsetOf(raw, version, pair, path),
    voxelBytes: shape[0] * shape[1] * shape[2] * volumes * NUMERIC_TYPES[datatype].bytes,
    scaling: scalingOf(raw, path),
    affine: affineOf(raw, bytes, version, shape, path),
    geometry: geometryOf(raw, sformOf(bytes, version, raw.littleEndian).slice(0, 3).flat()),
  };
}
