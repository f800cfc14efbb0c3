import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readVolume } from '../../../runtime/data/nifti/read.ts';
import { DataError } from '../../../runtime/errors.ts';
import { rawNifti, temporaryFolder } from './volumes.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

/** Whatever the bytes: a volume of the size it says, or a DataError that names the file. */
function readsOrRefuses(bytes: Buffer): void {
  const path = join(folder.path, 'fuzzed.nii');
  writeFileSync(path, bytes);
  const before = process.memoryUsage().arrayBuffers;
  try {
    const { shape, affine, data } = readVolume(path);
    expect(data.length).toBe(shape[0] * shape[1] * shape[2]);
    expect(affine.flat().every(Number.isFinite)).toBe(true);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    expect(error.code).toBe('EXP4102');
    expect(error.message).toContain(path);
  }
  // 24 voxels: nothing that a header claims may make the reader allocate much.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 2 ** 20);
}

const edits = fc.array(fc.tuple(fc.nat(543), fc.nat(255)), { minLength: 1, maxLength: 6 });
const RUNS = { numRuns: 1500, seed: 20261124 };

describe('a damaged file', () => {
  it.each([1, 2] as const)('with any bytes changed reads as a volume or is refused (NIfTI-%d)', (version) => {
    const whole = rawNifti({ version });
    fc.assert(
      fc.property(edits, fc.boolean(), (changes, compress) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        readsOrRefuses(compress ? gzipSync(bytes) : bytes);
      }),
      RUNS,
    );
  });

  it('of any bytes at all reads as a volume or is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (bytes) => readsOrRefuses(Buffer.from(bytes))),
      RUNS,
    );
  });
});
