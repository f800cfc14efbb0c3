import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Entry, open, type ZipFile } from 'yauzl';

/**
 * Where an entry of a wheel goes in the engine's folder; null leaves it out. Of TensorFlow: its two libraries, and the
 * headers of its C interface. Of NVIDIA's wheels: their libraries, where TensorFlow's run path looks for them.
 */
export function targetOf(entry: string): string | null {
  const library = /^tensorflow\/(libtensorflow_(?:cc|framework)[\w.]*\.(?:so|dylib)[\w.]*)$/.exec(entry);
  if (library?.[1] !== undefined) return join('deps', 'lib', library[1]);
  const header =
    /^tensorflow\/include\/((?:tensorflow\/c|tensorflow\/core\/platform|tsl\/platform|xla\/tsl\/c)\/.*\.h)$/.exec(
      entry,
    );
  if (header?.[1] !== undefined) return join('deps', 'include', header[1]);
  const nvidia = /^(nvidia\/[^/]+\/(?:lib|nvvm\/libdevice|bin)\/.+)$/.exec(entry);
  return nvidia?.[1] === undefined ? null : join('deps', nvidia[1]);
}

/** Unpacks the entries of a wheel (a zip file) that `targetOf` names, below `folder`. */
export async function unpackWheel(wheel: string, folder: string): Promise<void> {
  const zip = await new Promise<ZipFile>((resolve, reject) =>
    open(wheel, { lazyEntries: true, autoClose: false }, (error, file) => (error ? reject(error) : resolve(file))),
  );
  try {
    await new Promise<void>((resolve, reject) => {
      zip.on('error', reject);
      zip.on('end', resolve);
      zip.on('entry', (entry: Entry) => {
        unpackEntry(zip, entry, folder).then(() => zip.readEntry(), reject);
      });
      zip.readEntry();
    });
  } finally {
    zip.close();
  }
}

async function unpackEntry(zip: ZipFile, entry: Entry, folder: string): Promise<void> {
  const target = targetOf(entry.fileName);
  if (target === null || entry.fileName.endsWith('/')) return;
  const path = join(folder, target);
  await mkdir(dirname(path), { recursive: true });
  const content = await new Promise<Readable>((resolve, reject) =>
    zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream))),
  );
  await pipeline(content, createWriteStream(path));
}
