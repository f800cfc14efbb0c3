import { readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { IDENTITY } from '../../../runtime/data/affine.ts';
import { inMemory } from '../../../runtime/data/case-source.ts';
import { openDiskCache } from '../../../runtime/data/disk-cache.ts';
import type { SharedCase } from '../../../runtime/data/prepare.ts';
import { foregroundOffsets } from '../../../runtime/data/transforms/foreground.ts';
import type { Vec3 } from '../../../runtime/data/types.ts';
import { ballLabels, temporaryFolder, waveVolume } from './volumes.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

let folders = 0;
function cache(limitBytes = 1e9) {
  const path = join(folder.path, `cache-${folders++}`);
  return { path, ...openDiskCache({ folder: path, limitBytes }) };
}

const shape: Vec3 = [9, 7, 11];
const prepared: SharedCase = {
  id: 'sub-001',
  image: { ...waveVolume(shape, IDENTITY), channels: 1 },
  label: ballLabels(shape, IDENTITY),
  foreground: foregroundOffsets(ballLabels(shape, IDENTITY).data),
};

describe('a case on disk', () => {
  const kept = cache();
  kept.add('key', prepared);

  it('comes back whole', () => {
    const opened = kept.open('key');
    expect(opened?.readAll()).toEqual(prepared);
    opened?.close();
  });

  it('gives the same boxes as in memory, inside, across every border, and outside', () => {
    const opened = kept.open('key');
    const memory = inMemory(prepared);
    const starts: Vec3[] = [
      [2, 1, 3],
      [-2, -1, -3],
      [6, 5, 8],
      [-20, 0, 0],
      [0, 20, 0],
      [-3, -3, -3],
    ];
    const sizes: Vec3[] = [
      [4, 5, 6],
      [15, 13, 17],
    ];
    for (const start of starts) {
      for (const size of sizes) {
        const read = (source: typeof memory | undefined) => {
          const length = size[0] * size[1] * size[2];
          const [image, label] = [new Float32Array(length).fill(-1), new Int32Array(length).fill(-1)];
          source?.readImage(start, size, image);
          source?.readLabel(start, size, label);
          return { image, label };
        };
        expect(read(opened?.source)).toEqual(read(memory));
      }
    }
    opened?.close();
  });

  it('knows its foreground', () => {
    const opened = kept.open('key');
    const offsets = Array.from({ length: prepared.foreground.length }, (_, i) => opened?.source.foregroundAt(i));
    expect(offsets).toEqual([...prepared.foreground]);
    expect(opened?.source.isForeground(0)).toBe(false);
    expect(opened?.source.isForeground(prepared.foreground[0] ?? 0)).toBe(true);
    opened?.close();
  });
});

describe('the cache on disk', () => {
  it('does not have what was never added', () => {
    expect(cache().open('nothing')).toBeNull();
  });

  it('takes a file that is cut short, or no case at all, for missing', () => {
    const { path, add, open } = cache();
    add('short', prepared);
    truncateSync(join(path, 'short.case'), 5000);
    writeFileSync(join(path, 'other.case'), 'not a case');
    expect(open('short')).toBeNull();
    expect(open('other')).toBeNull();
  });

  it('keeps within its bound by throwing out what was used longest ago', () => {
    const { path, add } = cache();
    add('old', prepared);
    const { size } = statSync(join(path, 'old.case'));
    add('used', prepared);
    utimesSync(join(path, 'old.case'), 1, 1);
    utimesSync(join(path, 'used.case'), 2, 2);
    const bounded = openDiskCache({ folder: path, limitBytes: 2 * size });
    bounded.open('old')?.close();
    bounded.add('new', prepared);
    expect(readdirSync(path).sort()).toEqual(['new.case', 'old.case']);
  });

  it('does not keep a case that is larger than its bound', () => {
    const { path, add } = cache(1000);
    add('large', prepared);
    expect(readdirSync(path)).toEqual([]);
  });

  it('serves a reader whose file another process throws out or writes anew', () => {
    const { path, add, open } = cache();
    add('key', prepared);
    const opened = open('key');
    openDiskCache({ folder: path, limitBytes: 1e9 }).add('key', prepared);
    expect(opened?.readAll()).toEqual(prepared);
    opened?.close();
    expect(readFileSync(join(path, 'key.case')).length).toBeGreaterThan(0);
    expect(readdirSync(path)).toEqual(['key.case']);
  });
});
