import { bytesOf, type SafeTensor } from '../checkpoints/safetensors.ts';
import { rowMajorStrides } from './element-types.ts';
import { zipArchive } from './zip-writer.ts';

/** A state dict as torch.save writes it: `torch.load(file, weights_only=True)` reads it. */

const ROOT = 'weights';
const STORAGES: { readonly [D in SafeTensor['dtype']]: string } = { F32: 'FloatStorage', I64: 'LongStorage' };

/** @returns the file as pieces to be written one after another */
export function encodeTorchFile(tensors: ReadonlyMap<string, SafeTensor>): readonly Uint8Array[] {
  const records = [
    { name: `${ROOT}/data.pkl`, bytes: pickleStateDict(tensors) },
    { name: `${ROOT}/byteorder`, bytes: Buffer.from('little') },
    ...[...tensors.values()].map(({ data }, index) => ({ name: `${ROOT}/data/${index}`, bytes: bytesOf(data) })),
    { name: `${ROOT}/version`, bytes: Buffer.from('3\n') },
  ];
  return zipArchive(records);
}

const EMPTY_DICTIONARY = Buffer.from('ccollections\nOrderedDict\n)R');

/** A pickle of protocol 2: an OrderedDict of `_rebuild_tensor_v2(storage, 0, size, stride, False, OrderedDict())`. */
function pickleStateDict(tensors: ReadonlyMap<string, SafeTensor>): Buffer {
  const entries = [...tensors].map(([name, { dtype, shape, data }], index) => {
    const storage = tuple(
      text('storage'),
      Buffer.from(`ctorch\n${STORAGES[dtype]}\n`),
      text(String(index)),
      text('cpu'),
      integer(data.length),
    );
    const tensor = tuple(
      Buffer.concat([storage, Buffer.from('Q')]),
      integer(0),
      tuple(...shape.map(integer)),
      tuple(...rowMajorStrides(shape).map(integer)),
      opcode('\x89'),
      EMPTY_DICTIONARY,
    );
    return Buffer.concat([text(name), Buffer.from('ctorch._utils\n_rebuild_tensor_v2\n'), tensor, opcode('R')]);
  });
  return Buffer.concat([opcode('\x80\x02'), EMPTY_DICTIONARY, opcode('('), ...entries, opcode('u.')]);
}

function opcode(code: string): Buffer {
  return Buffer.from(code, 'latin1');
}

function tuple(...items: readonly Buffer[]): Buffer {
  return Buffer.concat([opcode('('), ...items, opcode('t')]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const head = Buffer.from('X\0\0\0\0');
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function integer(value: number): Buffer {
  const bytes = Buffer.from('J\0\0\0\0');
  bytes.writeInt32LE(value, 1);
  return bytes;
}
