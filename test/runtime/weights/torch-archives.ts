import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeTorchFile } from '../../../runtime/weights/torch-writer.ts';
import { type ZipRecord, zipArchive } from '../../../runtime/weights/zip-writer.ts';

/** PyTorch files made by hand, for what torch.save would never write. */

/** A whole file with two tensors of six and three elements. */
export function goodFile(): Buffer {
  return Buffer.concat(
    encodeTorchFile(
      new Map([
        ['weight', { dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
        ['count', { dtype: 'I64', shape: [3], data: BigInt64Array.of(7n, 8n, 9n) }],
      ]),
    ),
  );
}

export interface HandMade {
  /** The opcodes of data.pkl, one byte a character. */
  readonly pickle: string;
  readonly data?: Uint8Array;
  readonly more?: readonly ZipRecord[];
}

export function archive({ pickle, data = new Uint8Array(24), more = [] }: HandMade): Buffer {
  const records = [
    { name: 'a/data.pkl', bytes: Buffer.from(pickle, 'latin1') },
    { name: 'a/data/0', bytes: data },
    ...more,
  ];
  return Buffer.concat(zipArchive(records));
}

/** `{'weight': <the tensor>}`; sizes as opcodes. */
export function tensorPickle({
  storage = '(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x06tQ',
  offset = 'K\0',
  shape = '(K\x02K\x03t',
  strides = '(K\x03K\x01t',
} = {}): string {
  return `\x80\x02}X\x06\0\0\0weightctorch._utils\n_rebuild_tensor_v2\n(${storage}${offset}${shape}${strides}\x89}tRs.`;
}

export function write(folder: string, bytes: Uint8Array): string {
  const path = join(folder, 'file.pt');
  writeFileSync(path, bytes);
  return path;
}
