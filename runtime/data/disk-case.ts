import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import * as z from 'zod';
import type { CaseSource } from './case-source.ts';
import { channelsOf } from './channels.ts';
import type { SharedCase } from './prepare.ts';
import { copyBox } from './transforms/pad.ts';
import type { Vec3 } from './types.ts';

/**
 * A prepared case as a file: a page of JSON, padded with blanks, then the image's channels (float32), the foreground's offsets (int32)
 * and the label (uint8), in the machine's byte order. A patch reads the rows that it needs, not the volume.
 */

const HEADER_BYTES = 4096;

const affineRow = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const headerSchema = z.object({
  id: z.string(),
  shape: z.tuple([z.number(), z.number(), z.number()]),
  channels: z.number(),
  affine: z.array(affineRow),
  foregroundCount: z.number(),
});
type Header = z.infer<typeof headerSchema>;

/** Where the three arrays begin, and where the file ends. */
function layoutOf({ shape, channels, foregroundCount }: Header) {
  const voxels = shape[0] * shape[1] * shape[2];
  const foreground = HEADER_BYTES + 4 * voxels * channels;
  const label = foreground + 4 * foregroundCount;
  return { voxels, image: HEADER_BYTES, foreground, label, end: label + voxels };
}

function bytesOf(array: Float32Array | Int32Array | Uint8Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** The file's content, in pieces. */
export function encodeCase({ id, image, label, foreground }: SharedCase): readonly Uint8Array[] {
  const { shape, affine, channels } = image;
  const header: Header = {
    id,
    shape: [...shape],
    channels,
    affine: affine.map((row) => [...row]),
    foregroundCount: foreground.length,
  };
  const text = Buffer.from(JSON.stringify(header).padEnd(HEADER_BYTES));
  return [text, bytesOf(image.data), bytesOf(foreground), bytesOf(label.data)];
}

export interface DiskCase {
  readonly source: CaseSource;
  /** The whole of it, in shared memory. */
  readAll(): SharedCase;
  close(): void;
}

/** @returns null where there is no such file, or it is not whole */
export function openDiskCase(path: string): DiskCase | null {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return null;
  }
  const header = readHeader(file);
  if (header === null) {
    closeSync(file);
    return null;
  }
  return { source: sourceOf(file, header), readAll: () => readAll(file, header), close: () => closeSync(file) };
}

function readHeader(file: number): Header | null {
  try {
    const bytes = Buffer.alloc(HEADER_BYTES);
    fill(file, 0, bytes);
    const parsed = headerSchema.safeParse(JSON.parse(bytes.toString('utf8')));
    return parsed.success && fstatSync(file).size === layoutOf(parsed.data).end ? parsed.data : null;
  } catch {
    // Cut short or damaged: as good as not there, since it only saves time.
    return null;
  }
}

function fill(file: number, position: number, target: Uint8Array): void {
  for (let done = 0; done < target.length; ) {
    const count = readSync(file, target, done, target.length - done, position + done);
    if (count === 0) throw new Error('a cached case ends before its header says');
    done += count;
  }
}

function readAll(file: number, header: Header): SharedCase {
  const { voxels, image, foreground, label } = layoutOf(header);
  const { id, shape, channels, affine } = header;
  const result: SharedCase = {
    id,
    image: { shape, affine, channels, data: new Float32Array(new SharedArrayBuffer(4 * voxels * channels)) },
    label: { shape, affine, data: new Uint8Array(new SharedArrayBuffer(voxels)) },
    foreground: new Int32Array(new SharedArrayBuffer(4 * header.foregroundCount)),
  };
  fill(file, image, bytesOf(result.image.data));
  fill(file, foreground, bytesOf(result.foreground));
  fill(file, label, bytesOf(result.label.data));
  return result;
}

function sourceOf(file: number, header: Header): CaseSource {
  const { id, shape, channels, foregroundCount } = header;
  const at = layoutOf(header);
  const number = new Int32Array(1);
  const voxel = new Uint8Array(1);
  return {
    id,
    shape,
    channels,
    foregroundCount,
    foregroundAt: (index) => {
      fill(file, at.foreground + 4 * index, bytesOf(number));
      return number[0] ?? 0;
    },
    isForeground: (offset) => {
      fill(file, at.label + offset, voxel);
      return voxel[0] !== 0;
    },
    readImage: (start, size, target) => {
      for (const [c, channel] of channelsOf({ shape: size, data: target }).entries()) {
        readBox(shape, start, size, channel, (offset, count) => {
          const rows = new Float32Array(count);
          fill(file, at.image + 4 * (c * at.voxels + offset), bytesOf(rows));
          return rows;
        });
      }
    },
    readLabel: (start, size, target) =>
      readBox(shape, start, size, target, (offset, count) => {
        const rows = new Uint8Array(count);
        fill(file, at.label + offset, rows);
        return rows;
      }),
  };
}

/** One read for each x: the rows that the box touches, whole, since they lie side by side. */
function readBox(
  shape: Vec3,
  start: Vec3,
  size: Vec3,
  target: Float32Array | Int32Array,
  read: (offset: number, count: number) => Float32Array | Uint8Array,
): void {
  const [nx, ny, nz] = shape;
  const firstY = Math.max(0, start[1]);
  const rows = Math.min(ny, start[1] + size[1]) - firstY;
  target.fill(0);
  if (rows <= 0) return;
  const plane = size[1] * size[2];
  for (let x = Math.max(0, start[0]); x < Math.min(nx, start[0] + size[0]); x++) {
    const found = read((x * ny + firstY) * nz, rows * nz);
    const slice = target.subarray((x - start[0]) * plane, (x - start[0] + 1) * plane);
    copyBox(found, [1, rows, nz], [0, start[1] - firstY, start[2]], [1, size[1], size[2]], slice);
  }
}
