import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { parseSafetensorsHeader, SAFETENSORS_LENGTH_BYTES, safetensorsDataStart } from '../checkpoints/safetensors.ts';
import { WeightsError } from '../errors.ts';
import { readElements, rowMajorStrides } from './element-types.ts';
import type { StoredTensor, WeightsFile } from './types.ts';

/** @throws WeightsError when the file is no whole safetensors file */
export function openSafetensorsFile(path: string): WeightsFile {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const dataStart = safetensorsDataStart(readAt(file, 0, Math.min(size, SAFETENSORS_LENGTH_BYTES)), size);
    const header = readAt(file, SAFETENSORS_LENGTH_BYTES, dataStart - SAFETENSORS_LENGTH_BYTES).toString('utf8');
    const { entries, metadata } = parseSafetensorsHeader(header, size - dataStart);
    const tensors = entries.map(({ name, dtype, shape, start, end }): readonly [string, StoredTensor] => {
      const layout = { dtype, shape, offset: 0, strides: rowMajorStrides(shape) };
      return [
        name,
        { dtype, shape, read: async () => readElements(readAt(file, dataStart + start, end - start), layout) },
      ];
    });
    return {
      path,
      format: 'safetensors',
      tensors: new Map(tensors),
      metadata,
      wrapper: null,
      close: () => closeSync(file),
    };
  } catch (cause) {
    closeSync(file);
    throw new WeightsError(path, `${path} is not a whole safetensors file: ${(cause as Error).message}`, { cause });
  }
}

function readAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const count = readSync(file, bytes, done, length - done, position + done);
    if (count === 0) throw new Error('it ends too early');
    done += count;
  }
  return bytes;
}
