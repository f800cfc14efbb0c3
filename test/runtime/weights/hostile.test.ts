import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WeightsError } from '../../../runtime/errors.ts';
import { openWeightsFile } from '../../../runtime/weights/weights-file.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { archive, goodFile, type HandMade, tensorPickle, write } from './torch-archives.ts';

/** Files that were made to harm, or broke on the way: an error that names file and reason, in bounded time and memory. */

async function readAll(path: string): Promise<Record<string, number[]>> {
  const file = await openWeightsFile(path);
  try {
    const tensors: [string, number[]][] = [];
    for (const [name, tensor] of file.tensors) tensors.push([name, [...(await tensor.read())]]);
    return Object.fromEntries(tensors);
  } finally {
    file.close();
  }
}

const emptyPickle = '\x80\x02}.';
const long = (bytes: number): string => `\x8b${String.fromCharCode(bytes & 255, (bytes >> 8) & 255)}\0\0`;

const REFUSED: Readonly<Record<string, readonly [file: HandMade, reason: RegExp]>> = {
  'a function of the system': [{ pickle: '\x80\x02cposix\nsystem\nX\x02\0\0\0idq\0\x85R.' }, /`posix\.system`/],
  'a builtin that evaluates': [{ pickle: '\x80\x02c__builtin__\neval\nX\x01\0\0\x001\x85R.' }, /`__builtin__\.eval`/],
  'a name of JavaScript’s objects': [{ pickle: '\x80\x02cconstructor\nconstructor\n.' }, /`constructor\.constructor`/],
  'a hidden prototype': [{ pickle: '\x80\x02c__proto__\ntoString\n.' }, /`__proto__\.toString`/],
  'a call of what is no class': [{ pickle: '\x80\x02]X\x01\0\0\0x\x85R.' }, /called that is no class/],
  'lists nested half a million deep': [
    { pickle: `\x80\x02${']'.repeat(5e5)}${'a'.repeat(5e5 - 1)}.` },
    /no dictionary of tensors/,
  ],
  'marks without end': [{ pickle: `\x80\x02${'('.repeat(3e6)}.` }, /more than 2000000 opcodes/],
  'a memo without end': [
    { pickle: `\x80\x02N${Array.from({ length: 1_100_000 }, (_, i) => `r${u32(i)}`).join('')}.` },
    /values are remembered/,
  ],
  'a pickle of 33 megabytes': [{ pickle: ' '.repeat(33 * 2 ** 20) }, /more than 33554432 is not read/],
  'a text longer than the file': [{ pickle: '\x80\x02X\xff\xff\xff\x7f.' }, /ends too early/],
  'a whole number of thousands of digits': [
    { pickle: `\x80\x02${long(5000)}${'\x01'.repeat(5000)}.` },
    /whole number of 5000 bytes/,
  ],
  'an opcode that torch.save does not use': [{ pickle: '\x80\x02P1\n.' }, /opcode 0x50/],
  'an end without a value': [{ pickle: '\x80\x02.' }, /nothing on the stack/],
  'a value that was never remembered': [{ pickle: '\x80\x02h\x05.' }, /never remembered/],
  'a future protocol': [{ pickle: '\x80\x09}.' }, /protocol 9/],
  'no tensors': [{ pickle: emptyPickle }, /no tensors under state_dict/],
  'a tensor beyond its storage': [{ pickle: tensorPickle({ offset: 'K\x01' }) }, /reaches beyond its 6 elements/],
  'a shape of terabytes': [
    { pickle: tensorPickle({ shape: `(J\xff\xff\xff\x7fJ\xff\xff\xff\x7ft`, strides: '(K\x01K\x01t' }) },
    /reaches beyond/,
  ],
  'a negative shape': [
    { pickle: tensorPickle({ shape: '(J\xff\xff\xff\xffK\x03t' }) },
    /not described as torch\.save does/,
  ],
  'a negative stride': [
    { pickle: tensorPickle({ strides: '(J\xff\xff\xff\xffK\x01t' }) },
    /not described as torch\.save does/,
  ],
  'another number of strides': [{ pickle: tensorPickle({ strides: '(K\x01t' }) }, /strides than of axes/],
  'a storage that claims more than its record': [{ pickle: tensorPickle(), data: new Uint8Array(20) }, /has 20 bytes/],
  'a storage that is another file': [
    {
      pickle: tensorPickle({
        storage: '(X\x07\0\0\0storagectorch\nFloatStorage\nX\x10\0\0\0../../etc/passwdX\x03\0\0\0cpuK\x06tQ',
      }),
    },
    /no record data\/\.\.\/\.\.\/etc\/passwd/,
  ],
  'a record with a path': [
    { pickle: tensorPickle(), more: [{ name: '../outside', bytes: new Uint8Array(1) }] },
    /invalid relative path/,
  ],
  'two records of one name': [
    { pickle: tensorPickle(), more: [{ name: 'a/data/0', bytes: new Uint8Array(24) }] },
    /two records a\/data\/0/,
  ],
  'two state dicts': [
    { pickle: tensorPickle(), more: [{ name: 'b/data.pkl', bytes: Buffer.from(emptyPickle) }] },
    /2 records data\.pkl/,
  ],
  'an unknown byte order': [
    { pickle: tensorPickle(), more: [{ name: 'a/byteorder', bytes: Buffer.from('middle') }] },
    /byte order is "middle"/,
  ],
};

function u32(value: number): string {
  return String.fromCharCode(value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255);
}

describe('a PyTorch file', () => {
  it('made by hand reads as it is meant', async () => {
    const data = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);
    expect(await readAll(write(temporaryFolder(), archive({ pickle: tensorPickle(), data })))).toEqual({
      weight: [1, 2, 3, 4, 5, 6],
    });
  });

  it('of a big-endian machine reads the same', async () => {
    const data = Buffer.from(Float32Array.of(1, 2, 3, 4, 5, 6).buffer).swap32();
    const more = [{ name: 'a/byteorder', bytes: Buffer.from('big') }];
    expect(await readAll(write(temporaryFolder(), archive({ pickle: tensorPickle(), data, more })))).toEqual({
      weight: [1, 2, 3, 4, 5, 6],
    });
  });

  it.each(Object.entries(REFUSED))('is refused with %s', async (_, [made, reason]) => {
    const path = write(temporaryFolder(), archive(made));
    const refused = await openWeightsFile(path).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(WeightsError);
    expect(refused).toMatchObject({ path, message: expect.stringMatching(reason) });
    expect(refused).toMatchObject({ message: expect.stringContaining(path) });
  });

  it('whose compressed record is larger than it says is refused when it is read', async () => {
    const bomb = deflateRawSync(Buffer.alloc(50 * 2 ** 20));
    const bytes = archive({ pickle: tensorPickle(), data: bomb });
    declareDeflated(bytes, 'a/data/0', 24);
    await expect(readAll(write(temporaryFolder(), bytes))).rejects.toMatchObject({
      code: 'EXP4302',
      message: expect.stringMatching(/too many bytes/),
    });
  });

  it('with any bytes changed or cut off is read, or refused with an error of ours', async () => {
    const good = goodFile();
    const path = write(temporaryFolder(), good);
    const change = fc.record({ at: fc.nat(good.length - 1), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), fc.nat(good.length), async (changes, cut) => {
        const bytes = Buffer.from(good);
        for (const { at, byte } of changes) bytes[at] = byte;
        write(path.slice(0, -'/file.pt'.length), cut % 3 === 0 ? bytes.subarray(0, cut) : bytes);
        const outcome = await readAll(path).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(WeightsError);
      }),
      { numRuns: 400, seed: 11 },
    );
  });

  it('with a pickle of random opcodes is refused with an error of ours', async () => {
    const folder = temporaryFolder();
    const opcodes = [
      ...'(0NJKMGXTUBC)]}ateasuqrhjcRbQ.\x80\x81\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8f\x90\x91\x93\x94\x95',
    ];
    const pieces = fc.oneof(
      fc.constantFrom(...opcodes),
      fc.constantFrom('ctorch\nFloatStorage\n', 'ctorch._utils\n_rebuild_tensor_v2\n', 'ccollections\nOrderedDict\n'),
      fc.constantFrom('\0', '\x01', '\x02', '\xff'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 60 }), async (random) => {
        const path = write(folder, archive({ pickle: `\x80\x02${random.join('')}` }));
        const outcome = await readAll(path).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(WeightsError);
      }),
      { numRuns: 600, seed: 12 },
    );
  });
});

/** Makes a stored record of `zipArchive` claim to be a deflated one of another size. */
function declareDeflated(bytes: Buffer, name: string, size: number): void {
  const at = { local: bytes.indexOf(name) - 30, central: bytes.lastIndexOf(name) - 46 };
  for (const facts of [at.local + 4, at.central + 6]) {
    bytes.writeUInt16LE(8, facts + 4);
    bytes.writeUInt32LE(size, facts + 18);
  }
}
