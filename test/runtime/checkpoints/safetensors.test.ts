import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafeTensor,
  SafetensorsError,
} from '../../../runtime/checkpoints/safetensors.ts';

function file(header: object | string, data = Buffer.alloc(0)): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

const eight = Buffer.alloc(8);

describe('safetensors', () => {
  it('come back as they were, in their order', () => {
    const tensors = new Map<string, SafeTensor>([
      ['b', { dtype: 'F32', shape: [2, 1], data: Float32Array.of(1.5, -2) }],
      ['a', { dtype: 'I64', shape: [1], data: BigInt64Array.of(-(2n ** 40n)) }],
      ['scalar', { dtype: 'F32', shape: [], data: Float32Array.of(3) }],
    ]);
    const decoded = decodeSafetensors(Buffer.concat(encodeSafetensors({ tensors, metadata: { format: 'pt' } })));
    expect([...decoded.tensors]).toEqual([...tensors]);
    expect(decoded.metadata).toEqual({ format: 'pt' });
  });

  it('begin their data at a multiple of eight bytes', () => {
    const [length, header] = encodeSafetensors({ tensors: new Map(), metadata: { a: 'b' } });
    expect(((length?.length ?? 0) + (header?.length ?? 0)) % 8).toBe(0);
  });

  it.each([
    ['an empty file', Buffer.alloc(0), 'too short'],
    ['a header longer than the file', file('{}').fill(255, 0, 7), 'the header claims'],
    ['a header that is no JSON', file('{"a":'), 'not one of safetensors'],
    ['a header that is no object', file('[]'), 'not one of safetensors'],
    ['an unknown field', file({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8], more: 1 } }, eight), 'not one of'],
    ['a negative side', file({ a: { dtype: 'F32', shape: [-2], data_offsets: [0, 8] } }, eight), 'not one of'],
    ['another type', file({ a: { dtype: 'F16', shape: [4], data_offsets: [0, 8] } }, eight), 'only F32 and I64'],
    [
      'a size that the shape does not have',
      file({ a: { dtype: 'F32', shape: [3], data_offsets: [0, 8] } }, eight),
      '8 bytes for F32',
    ],
    ['data behind the end', file({ a: { dtype: 'F32', shape: [4], data_offsets: [0, 16] } }, eight), 'behind the end'],
    ['a gap', file({ a: { dtype: 'F32', shape: [1], data_offsets: [4, 8] } }, eight), 'gap'],
    ['bytes left over', file({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, eight), '4 bytes belong to no'],
  ])('are refused with %s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(SafetensorsError);
    expect(() => decodeSafetensors(bytes)).toThrow(message);
  });

  it('are refused in these words whatever the bytes are', () => {
    const header = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.json().map((text) => Uint8Array.from(Buffer.from(text))),
    );
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 16 }), (json, data) => {
        const bytes = file(Buffer.from(json).toString('latin1'), Buffer.from(data));
        try {
          decodeSafetensors(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(SafetensorsError);
        }
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
