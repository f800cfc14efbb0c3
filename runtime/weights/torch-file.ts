import type { Readable } from 'node:stream';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { WeightsError } from '../errors.ts';
import { ELEMENT_TYPES, readElements } from './element-types.ts';
import { unpickle } from './pickle.ts';
import { type PickledTensor, PickleError } from './pickle-values.ts';
import { findStateDict } from './state-dicts.ts';
import { torchGlobal, torchStorage } from './torch-globals.ts';
import type { StoredTensor, WeightsFile } from './types.ts';

/**
 * What torch.save writes since PyTorch 1.6: a zip archive with `<name>/data.pkl`, one record `<name>/data/<key>` for each
 * storage, and `<name>/byteorder`.
 */

/** Listing ten thousand tensors takes three megabytes. */
const MAX_PICKLE_BYTES = 32 * 2 ** 20;
const MAX_RECORDS = 200_000;
const PICKLE = 'data.pkl';

/** @throws WeightsError when the archive is damaged, of another kind, or holds more than tensors and plain values */
export async function openTorchFile(path: string): Promise<WeightsFile> {
  let zip: ZipFile | null = null;
  try {
    zip = await openPromise(path, { lazyEntries: true, autoClose: false, strictFileNames: true });
    const archive = await listArchive(zip);
    refuseTorchScript(path, archive);
    const pickle = await readRecord(zip, record(archive, PICKLE), MAX_PICKLE_BYTES);
    const root = unpickle(pickle, { global: torchGlobal, persistent: torchStorage });
    const littleEndian = await isLittleEndian(zip, archive);
    const found = findStateDict(root);
    const source = { zip, archive, littleEndian, path };
    return {
      path,
      format: 'pytorch',
      tensors: new Map([...found.tensors].map(([name, tensor]) => [name, storedTensor(source, name, tensor)])),
      metadata: {},
      wrapper: found.wrapper,
      close: () => source.zip.close(),
    };
  } catch (cause) {
    zip?.close();
    throw cause instanceof WeightsError ? cause : unreadable(path, cause);
  }
}

/** What an error of the zip, or of the pickle, means for the user. */
function unreadable(path: string, cause: unknown): WeightsError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new WeightsError(path, `${path} cannot be read as a PyTorch file: ${reason}`, {
    ...(cause instanceof PickleError
      ? { help: 'nothing but tensors and plain values is read: save `model.state_dict()` by itself with torch.save' }
      : {}),
    cause,
  });
}

interface Archive {
  /** Up to and with the slash. */
  readonly root: string;
  readonly entries: ReadonlyMap<string, Entry>;
}

async function listArchive(zip: ZipFile): Promise<Archive> {
  if (zip.entryCount > MAX_RECORDS) throw new Error(`it has ${zip.entryCount} records`);
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) {
    if (entries.has(entry.fileName)) throw new Error(`it has two records ${entry.fileName}`);
    entries.set(entry.fileName, entry);
  }
  const pickles = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const [pickle] = pickles;
  if (pickle === undefined || pickles.length > 1)
    throw new Error(`it is a zip archive with ${pickles.length} records ${PICKLE} instead of one`);
  return { root: pickle.slice(0, -PICKLE.length), entries };
}

function refuseTorchScript(path: string, { root, entries }: Archive): void {
  if (!entries.has(`${root}constants.pkl`)) return;
  throw new WeightsError(path, `${path} is a TorchScript program, not a file of weights`, {
    help: `take its weights out once: python -c "import torch; torch.save(torch.jit.load('model.ts', map_location='cpu').state_dict(), 'weights.pt')"`,
  });
}

function record({ root, entries }: Archive, name: string): Entry {
  const entry = entries.get(`${root}${name}`);
  if (entry === undefined) throw new Error(`it has no record ${name}`);
  return entry;
}

async function isLittleEndian(zip: ZipFile, archive: Archive): Promise<boolean> {
  // Files from before PyTorch 2.1 do not say.
  if (!archive.entries.has(`${archive.root}byteorder`)) return true;
  const order = (await readRecord(zip, record(archive, 'byteorder'), 16)).toString('latin1');
  if (order !== 'little' && order !== 'big') throw new Error(`its byte order is ${JSON.stringify(order)}`);
  return order === 'little';
}

interface Source {
  readonly zip: ZipFile;
  readonly archive: Archive;
  readonly littleEndian: boolean;
  readonly path: string;
}

function storedTensor({ zip, archive, littleEndian, path }: Source, name: string, tensor: PickledTensor): StoredTensor {
  const { storage, shape, strides, offset } = tensor;
  const { dtype } = storage;
  const width = ELEMENT_TYPES[dtype].bytes;
  const entry = record(archive, `data/${storage.key}`);
  if (entry.uncompressedSize !== storage.elements * width)
    throw new Error(`${name} needs ${storage.elements} elements of ${dtype}, and has ${entry.uncompressedSize} bytes`);
  return {
    dtype,
    shape,
    read: async () => {
      const last = shape.reduce((at, size, axis) => at + (size - 1) * (strides[axis] ?? 0), offset);
      const range = shape.includes(0) ? { start: 0, end: 0 } : { start: offset * width, end: (last + 1) * width };
      try {
        const bytes = await readRange(zip, entry, range);
        return readElements(bytes, { dtype, shape, offset: 0, strides }, littleEndian);
      } catch (cause) {
        throw unreadable(path, cause);
      }
    },
  };
}

async function readRecord(zip: ZipFile, entry: Entry, limit: number): Promise<Buffer> {
  if (entry.uncompressedSize > limit)
    throw new Error(`its record ${entry.fileName} has ${entry.uncompressedSize} bytes; more than ${limit} is not read`);
  return await readRange(zip, entry, { start: 0, end: entry.uncompressedSize });
}

/** A part of a record. Only as much is kept, however much a compressed record may claim. */
async function readRange(
  zip: ZipFile,
  entry: Entry,
  { start, end }: { readonly start: number; readonly end: number },
): Promise<Buffer> {
  const isStored = entry.compressionMethod === 0 && !entry.isEncrypted();
  if (isStored) return await collect(await zip.openReadStreamPromise(entry, { start, end }), 0, end - start);
  return await collect(await zip.openReadStreamPromise(entry), start, end);
}

async function collect(stream: Readable, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.alloc(end - start);
  let position = 0;
  for await (const chunk of stream) {
    const piece = chunk as Buffer;
    const from = Math.max(0, start - position);
    const to = Math.min(piece.length, end - position);
    if (to > from) piece.copy(bytes, position + from - start, from, to);
    position += piece.length;
    if (position >= end) break;
  }
  if (position < end) throw new Error('a record ends too early');
  return bytes;
}
