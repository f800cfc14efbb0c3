import * as z from 'zod';
import { ELEMENT_TYPES, type ElementType, isElementType } from '../weights/element-types.ts';

/**
 * The safetensors format: u64 little-endian header length, a JSON header `{name: {dtype, shape, data_offsets}}`, then all
 * data, little-endian and row-major, without gaps.
 *
 * @see https://huggingface.co/docs/safetensors
 */

export type SafeTensor =
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'I64'; readonly shape: readonly number[]; readonly data: BigInt64Array };

export interface SafeTensors {
  /** In the order of the data. */
  readonly tensors: ReadonlyMap<string, SafeTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The bytes do not follow the format, or use what we have no use for. */
export class SafetensorsError extends Error {}

const METADATA = '__metadata__';
export const SAFETENSORS_LENGTH_BYTES = 8;
/** The reference implementation refuses longer ones, so that a damaged length does not ask for terabytes. */
const MAX_HEADER_BYTES = 100_000_000;
const ALIGNMENT = 8;

const headerSchema = z.record(
  z.string(),
  z.strictObject({
    dtype: z.string(),
    shape: z.array(z.int().min(0)),
    data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
  }),
);

/** The file as pieces to be written one after another: data are not copied. */
export function encodeSafetensors({ tensors, metadata }: SafeTensors): readonly Uint8Array[] {
  const entries: Record<string, unknown> = Object.keys(metadata).length === 0 ? {} : { [METADATA]: metadata };
  let offset = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    entries[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = Buffer.from(JSON.stringify(entries));
  // Spaces behind the header align the data, so that readers can map the file.
  const header = Buffer.concat([json, Buffer.alloc(-json.length & (ALIGNMENT - 1), ' ')]);
  const length = Buffer.alloc(SAFETENSORS_LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(header.length));
  return [length, header, ...[...tensors.values()].map(({ data }) => bytesOf(data))];
}

/** @throws {SafetensorsError} for bytes that are not exactly a safetensors file of F32 and I64 */
export function decodeSafetensors(bytes: Uint8Array): SafeTensors {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dataStart = safetensorsDataStart(buffer, buffer.length);
  const header = buffer.toString('utf8', SAFETENSORS_LENGTH_BYTES, dataStart);
  const { entries, metadata } = parseSafetensorsHeader(header, buffer.length - dataStart);
  const data = buffer.subarray(dataStart);
  const tensors = entries.map(({ name, dtype, shape, start, end }) => {
    if (dtype !== 'F32' && dtype !== 'I64')
      throw new SafetensorsError(`${name} is ${dtype}; a checkpoint has only F32 and I64`);
    return [name, viewOf(dtype, shape, data.subarray(start, end))] as const;
  });
  return { tensors: new Map(tensors), metadata };
}

/**
 * Where the data start, from the first eight bytes of a file.
 *
 * @throws {SafetensorsError} when that is not within the file
 */
export function safetensorsDataStart(firstBytes: Buffer, fileBytes: number): number {
  if (firstBytes.length < SAFETENSORS_LENGTH_BYTES) throw new SafetensorsError('the file is too short for a header');
  const headerLength = firstBytes.readBigUInt64LE();
  if (headerLength > MAX_HEADER_BYTES || SAFETENSORS_LENGTH_BYTES + Number(headerLength) > fileBytes)
    throw new SafetensorsError(`the header claims ${headerLength} bytes of a file of ${fileBytes}`);
  return SAFETENSORS_LENGTH_BYTES + Number(headerLength);
}

export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  /** Bytes from the start of the data. */
  readonly start: number;
  readonly end: number;
}

/**
 * @param text the JSON header
 * @returns the tensors in the order of the data, which they fill without gaps
 * @throws {SafetensorsError} for a header that is not one, or does not fit `dataBytes`
 */
export function parseSafetensorsHeader(
  text: string,
  dataBytes: number,
): { readonly entries: readonly SafetensorsEntry[]; readonly metadata: Readonly<Record<string, string>> } {
  const { entries, metadata } = parseHeader(text);
  let position = 0;
  const checked = entries.map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [start, end],
      },
    ]): SafetensorsEntry => {
      if (start !== position) throw new SafetensorsError(`${name} leaves a gap or overlaps`);
      if (!isElementType(dtype)) throw new SafetensorsError(`${name} is ${dtype}, which is not supported`);
      if (end - start !== shape.reduce((product, side) => product * side, ELEMENT_TYPES[dtype].bytes))
        throw new SafetensorsError(`${name} has ${end - start} bytes for ${dtype} of shape [${shape.join(', ')}]`);
      if (end > dataBytes) throw new SafetensorsError(`${name} ends behind the end of the file`);
      position = end;
      return { name, dtype, shape, start, end };
    },
  );
  if (position !== dataBytes) throw new SafetensorsError(`${dataBytes - position} bytes belong to no tensor`);
  return { entries: checked, metadata };
}

function parseHeader(text: string) {
  try {
    const parsed = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
    const { [METADATA]: metadata = {}, ...rest } = parsed;
    const entries = Object.entries(headerSchema.parse(rest));
    return {
      metadata: z.record(z.string(), z.string()).parse(metadata),
      entries: entries.sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]),
    };
  } catch (cause) {
    throw new SafetensorsError('the header is not one of safetensors', { cause });
  }
}

/** A copy, since typed arrays must be aligned and the bytes of a file need not be. */
function viewOf(dtype: 'F32' | 'I64', shape: readonly number[], bytes: Uint8Array): SafeTensor {
  const { buffer } = Uint8Array.from(bytes);
  return dtype === 'I64'
    ? { dtype: 'I64', shape, data: new BigInt64Array(buffer) }
    : { dtype: 'F32', shape, data: new Float32Array(buffer) };
}

export function bytesOf(data: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
