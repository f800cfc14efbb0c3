import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readHeader, readLabelVolume, readVolume } from '../../../runtime/data/nifti/read.ts';
import { dataErrorOf, type RawNifti, rawNifti, temporaryFolder, writeBytes } from './volumes.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

let files = 0;
function file(changes: Partial<RawNifti>, extension = '.nii'): string {
  return writeBytes(folder.path, `v${files++}${extension}`, rawNifti(changes));
}

/** Value at (x, y, z) of a 2 × 3 × 4 file whose voxels count up in the file's order. */
const counted = (x: number, y: number, z: number) => x + 2 * (y + 3 * z);
const countedVolume = Float32Array.from({ length: 24 }, (_, i) =>
  counted(Math.floor(i / 12), Math.floor(i / 4) % 3, i % 4),
);

function voxels(bytes: number, write: (buffer: Buffer, value: number, offset: number) => void): Buffer {
  const buffer = Buffer.alloc(24 * bytes);
  for (let i = 0; i < 24; i++) write(buffer, i, i * bytes);
  return buffer;
}

describe('voxels', () => {
  it('come in x-slowest order, whatever the compression', () => {
    expect(readVolume(file({})).data).toEqual(countedVolume);
    expect(readVolume(file({}, '.nii.gz')).data).toEqual(countedVolume);
  });

  const types: [
    string,
    number,
    number,
    (b: Buffer, v: number, o: number) => void,
    (b: Buffer, v: number, o: number) => void,
  ][] = [
    ['int8', 256, 1, (b, v, o) => b.writeInt8(v, o), (b, v, o) => b.writeInt8(v, o)],
    ['int16', 4, 2, (b, v, o) => b.writeInt16LE(v, o), (b, v, o) => b.writeInt16BE(v, o)],
    ['uint16', 512, 2, (b, v, o) => b.writeUInt16LE(v, o), (b, v, o) => b.writeUInt16BE(v, o)],
    ['int32', 8, 4, (b, v, o) => b.writeInt32LE(v, o), (b, v, o) => b.writeInt32BE(v, o)],
    ['uint32', 768, 4, (b, v, o) => b.writeUInt32LE(v, o), (b, v, o) => b.writeUInt32BE(v, o)],
    ['int64', 1024, 8, (b, v, o) => b.writeBigInt64LE(BigInt(v), o), (b, v, o) => b.writeBigInt64BE(BigInt(v), o)],
    ['uint64', 1280, 8, (b, v, o) => b.writeBigUInt64LE(BigInt(v), o), (b, v, o) => b.writeBigUInt64BE(BigInt(v), o)],
    ['float32', 16, 4, (b, v, o) => b.writeFloatLE(v, o), (b, v, o) => b.writeFloatBE(v, o)],
    ['float64', 64, 8, (b, v, o) => b.writeDoubleLE(v, o), (b, v, o) => b.writeDoubleBE(v, o)],
  ];
  it.each(types)('are read as %s, in both byte orders and versions', (_, datatype, bytes, little, big) => {
    for (const version of [1, 2] as const) {
      const common = { version, datatype, bitpix: bytes * 8 };
      expect(readVolume(file({ ...common, voxels: voxels(bytes, little) })).data).toEqual(countedVolume);
      expect(readVolume(file({ ...common, bigEndian: true, voxels: voxels(bytes, big) })).data).toEqual(countedVolume);
    }
  });

  it('are scaled by scl_slope and scl_inter', () => {
    expect(readVolume(file({ slope: 0.5, intercept: -3 })).data).toEqual(countedVolume.map((value) => value * 0.5 - 3));
  });

  it('are not scaled where the slope is 0 or not a number', () => {
    for (const slope of [0, Number.NaN]) expect(readVolume(file({ slope, intercept: 7 })).data).toEqual(countedVolume);
  });

  it('start after a header extension', () => {
    const extension = Buffer.alloc(32, 0xee);
    extension.writeInt32LE(32, 0);
    const bytes = rawNifti({ voxelOffset: 384 });
    bytes[348] = 1;
    extension.copy(bytes, 352);
    expect(readVolume(writeBytes(folder.path, 'extended.nii', bytes)).data).toEqual(countedVolume);
  });

  it('may stand in an .img beside the .hdr, and either half names the pair', () => {
    const bytes = rawNifti({ magic: 'ni1\0', voxelOffset: 0 });
    writeFileSync(join(folder.path, 'pair.hdr'), bytes.subarray(0, 348));
    writeFileSync(join(folder.path, 'pair.img'), bytes.subarray(352));
    expect(readVolume(join(folder.path, 'pair.hdr')).data).toEqual(countedVolume);
    expect(readVolume(join(folder.path, 'pair.img')).data).toEqual(countedVolume);
  });

  it('may be one volume of a 4D file', () => {
    expect(readVolume(file({ dims: [4, 2, 3, 4, 1, 1, 1, 1] })).shape).toEqual([2, 3, 4]);
  });
});

describe('the affine', () => {
  const halfTurn = { code: 2, quaternion: [0, 0, 1], offset: [10, 20, 30] };
  it('is the sform where there is one, even beside a qform with a larger code', () => {
    const rows = [2, 0, 0, -1, 0, 3, 0, -2, 0, 0, 4, -3];
    expect(readHeader(file({ qform: halfTurn, sform: { code: 1, rows } })).affine.flat()).toEqual([
      ...rows,
      0,
      0,
      0,
      1,
    ]);
  });

  it('is the qform next, with qfac', () => {
    const { affine } = readHeader(
      file({ pixdim: [-1, 2, 3, 4, 1, 1, 1, 1], qform: halfTurn, sform: { code: 0, rows: [] } }),
    );
    // Adding 0 turns -0 into 0.
    expect(affine.map((row) => row.map((value) => value + 0))).toEqual([
      [-2, 0, 0, 10],
      [0, -3, 0, 20],
      [0, 0, -4, 30],
      [0, 0, 0, 1],
    ]);
  });

  it('is made of pixdim last, as nibabel makes it', () => {
    const { affine } = readHeader(file({ pixdim: [1, 2, 3, 4, 1, 1, 1, 1], sform: { code: 0, rows: [] } }));
    expect(affine).toEqual([
      [-2, 0, 0, 1],
      [0, 3, 0, -3],
      [0, 0, 4, -6],
      [0, 0, 0, 1],
    ]);
  });
});

describe('a file that is no volume', () => {
  const damaged: [string, Partial<RawNifti>, RegExp][] = [
    ['several volumes', { dims: [4, 2, 3, 4, 5, 1, 1, 1] }, /dim\[4\]: 2x3x4x5 holds 5 volumes/],
    ['two dimensions', { dims: [2, 6, 4, 1, 1, 1, 1, 1] }, /dim\[0\]: 2 dimensions/],
    ['a rank of 99', { dims: [99, 2, 3, 4, 1, 1, 1, 1] }, /dim\[0\]: 99/],
    ['a negative size', { dims: [3, 2, -3, 4, 1, 1, 1, 1] }, /dim\[2\]: -3/],
    ['a size of 0', { dims: [3, 2, 3, 0, 1, 1, 1, 1] }, /dim\[3\]: 0/],
    ['RGB', { datatype: 128, bitpix: 24 }, /datatype: 128 \(RGB24\)/],
    ['complex numbers', { datatype: 32, bitpix: 64 }, /datatype: 32 \(complex64\)/],
    ['an unknown type', { datatype: 77 }, /datatype: 77 is no NIfTI type/],
    ['more voxels than the file has', { dims: [3, 20, 30, 40, 1, 1, 1, 1] }, /asks for 24352 bytes and it has 376/],
    ['more voxels than memory has', { dims: [3, 32767, 32767, 32767, 1, 1, 1, 1] }, /dim: 32767x32767x32767 voxels/],
    ['voxels inside the header', { voxelOffset: 100 }, /vox_offset: 100/],
    ['an offset that is no number', { voxelOffset: Number.NaN }, /vox_offset: NaN/],
    ['an offset beyond the end', { voxelOffset: 2 ** 30 }, /dim, datatype|asks for/],
    ['no intercept', { slope: 2, intercept: Number.NaN }, /scl_inter/],
    ['a flat sform', { sform: { code: 1, rows: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0] } }, /srow_x.*plane/],
    [
      'an sform of NaN',
      { sform: { code: 1, rows: [Number.NaN, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] } },
      /srow_x.*no number/,
    ],
    ['another magic', { magic: 'n+7\0' }, /magic: "n\+7"/],
    ['a CIFTI intent', { version: 2, intent: 3001 }, /intent_code: 3001 marks a CIFTI/],
  ];
  it.each(damaged)('because of %s names the file and the field', (_, changes, field) => {
    for (const extension of ['.nii', '.nii.gz']) {
      const path = file(changes, extension);
      const error = dataErrorOf(() => readVolume(path));
      expect(error.code).toBe('EXP4102');
      expect(error.message).toContain(path);
      if (extension === '.nii') expect(error.message).toMatch(field);
    }
  });

  it('cut short at any byte gives the same kind of error', () => {
    const whole = rawNifti({});
    const zipped = gzipSync(whole);
    for (const bytes of [whole, zipped]) {
      for (let length = 0; length < bytes.length; length += 7) {
        const path = join(folder.path, 'cut.nii');
        writeFileSync(path, bytes.subarray(0, length));
        expect(dataErrorOf(() => readVolume(path)).code).toBe('EXP4102');
      }
    }
  });

  it('with one bit flipped in the compressed data is refused, never read as something else', () => {
    const zipped = gzipSync(rawNifti({}));
    for (let bit = 10 * 8; bit < zipped.length * 8; bit += 13) {
      const bytes = Buffer.from(zipped);
      bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const path = join(folder.path, 'flipped.nii.gz');
      writeFileSync(path, bytes);
      expect(dataErrorOf(() => readVolume(path)).code).toBe('EXP4102');
    }
  });

  it('that decompresses to far more than its header accounts for is stopped', () => {
    const path = writeBytes(folder.path, 'bomb.nii.gz', Buffer.concat([rawNifti({}), Buffer.alloc(64 * 2 ** 20)]));
    expect(dataErrorOf(() => readVolume(path)).message).toMatch(
      /accounts for 376 bytes and the file decompresses to more/,
    );
  });

  it('is named when it is missing, a folder, or something else altogether', () => {
    expect(dataErrorOf(() => readVolume(join(folder.path, 'none.nii'))).message).toMatch(/none\.nii: ENOENT/);
    expect(dataErrorOf(() => readVolume(folder.path)).code).toBe('EXP4102');
    const text = writeBytes(folder.path, 'text.nii', Buffer.from('hello '.repeat(100)));
    expect(dataErrorOf(() => readVolume(text)).message).toMatch(/sizeof_hdr.*no NIfTI file/);
  });

  it('is a header whose .img is missing', () => {
    const path = writeBytes(folder.path, 'lonely.hdr', rawNifti({ magic: 'ni1\0', voxelOffset: 0 }).subarray(0, 348));
    expect(dataErrorOf(() => readVolume(path)).message).toMatch(/lonely\.hdr: magic: .*\.img/);
  });
});

describe('labels', () => {
  const floats = (values: readonly number[]) => {
    const buffer = Buffer.alloc(24 * 4);
    values.forEach((value, i) => {
      buffer.writeFloatLE(value, i * 4);
    });
    return { datatype: 16, bitpix: 32, voxels: buffer };
  };

  it('may be floats with whole values, or nearly', () => {
    expect([...readLabelVolume(file(floats([1, 2, 0.99999997]))).data].sort().slice(-3)).toEqual([1, 1, 2]);
  });

  it.each([0.5, -1, 256, Number.NaN])('are whole numbers from 0 to 255, not %d', (value) => {
    const error = dataErrorOf(() => readLabelVolume(file(floats([0, value]))));
    expect(error.message).toMatch(/is no label map: voxel \(1, 0, 0\)/);
  });
});
