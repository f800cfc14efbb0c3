import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { DataError } from '../../errors.ts';
import { HEADER_BYTES, unreadable } from './header.ts';

/** Reading files, compressed or not, without ever holding more than the header accounts for. */

/** Compressed bytes that surely hold the header: DEFLATE stores 540 bytes in far less. */
const HEADER_PREFIX = 4096;
/** No DEFLATE stream expands further (zlib, "Maximum Compression Factor" 1032:1). */
const MAX_EXPANSION = 1032;
/** Padding that may follow the voxels of a compressed file. */
const TRAILING_BYTES = 2 ** 20;

export interface ByteSource {
  readonly path: string;
  readonly compressed: boolean;
  /** Bytes on disk. */
  readonly size: number;
  /** The first bytes, decompressed: up to `HEADER_BYTES`. */
  readonly head: Buffer;
}

function systemProblem(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

function readAt(path: string, position: number, length: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(length);
    let filled = 0;
    while (filled < length) {
      const count = readSync(file, buffer, filled, length - filled, position + filled);
      if (count === 0) break;
      filled += count;
    }
    return buffer.subarray(0, filled);
  } finally {
    closeSync(file);
  }
}

function sizeOf(path: string): number {
  const file = openSync(path, 'r');
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new Error('not a file');
    return stats.size;
  } finally {
    closeSync(file);
  }
}

/** Opens a file by what its first bytes say, whatever its name says. */
export function openBytes(path: string): ByteSource {
  try {
    const size = sizeOf(path);
    const start = readAt(path, 0, Math.min(size, HEADER_PREFIX));
    const compressed = start.length > 2 && start[0] === 0x1f && start[1] === 0x8b;
    const plain = compressed ? gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH }) : start;
    return { path, compressed, size, head: plain.subarray(0, HEADER_BYTES) };
  } catch (error) {
    throw new DataError('EXP4102', path, `cannot read ${path}: ${systemProblem(error)}`, { cause: error });
  }
}

/**
 * `length` bytes from `offset`, in an ArrayBuffer of their own.
 *
 * @throws DataError EXP4102 when the file holds fewer, or is damaged; checked before anything large is allocated
 */
export function readBytes(source: ByteSource, offset: number, length: number): ArrayBuffer {
  const { path, size, compressed } = source;
  const needed = offset + length;
  const most = compressed ? size * MAX_EXPANSION : size;
  if (needed > most)
    throw tooShort(path, needed, compressed ? `${size} compressed bytes cannot hold them` : `it has ${size}`);
  if (!compressed) return readPlain(path, offset, length);

  const plain = gunzip(path, needed);
  if (plain.length < needed) throw tooShort(path, needed, `it has ${plain.length}`);
  return copy(plain.subarray(offset, needed));
}

function readPlain(path: string, offset: number, length: number): ArrayBuffer {
  const bytes = readAt(path, offset, length);
  if (bytes.length < length) throw tooShort(path, offset + length, `it has ${offset + bytes.length}`);
  return copy(bytes);
}

function gunzip(path: string, needed: number): Buffer {
  try {
    return gunzipSync(readFileSync(path), {
      maxOutputLength: needed + TRAILING_BYTES,
      chunkSize: Math.max(65_536, needed + 64),
    });
  } catch (error) {
    const problem = systemProblem(error);
    if (problem === 'ERR_BUFFER_TOO_LARGE') {
      throw unreadable(
        path,
        'dim, datatype',
        `the header accounts for ${needed} bytes and the file decompresses to more`,
      );
    }
    if (problem === 'Z_BUF_ERROR')
      throw unreadable(path, 'dim, datatype', 'the compressed data end early: the file is truncated');
    throw new DataError('EXP4102', path, `cannot read ${path}: the compressed data are damaged (${problem})`, {
      cause: error,
    });
  }
}

function tooShort(path: string, needed: number, found: string): DataError {
  return unreadable(
    path,
    'dim, datatype',
    `the header asks for ${needed} bytes and ${found}: the file is truncated or the header wrong`,
  );
}

/** Typed arrays need aligned memory, which a slice of a pooled Buffer is not. */
function copy(bytes: Buffer): ArrayBuffer {
  if (bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer)
    return bytes.buffer;
  return new Uint8Array(bytes).buffer;
}
