import { closeSync, openSync, readSync } from 'node:fs';
import { WeightsError } from '../errors.ts';
import { openSafetensorsFile } from './safetensors-file.ts';
import { openTorchFile } from './torch-file.ts';
import type { WeightsFile } from './types.ts';

/** Zip's local file header. */
const ZIP_MAGIC = Buffer.from('PK\x03\x04');
/** Protocol 2 and the magic number 0x1950a86a20f9469cfc6c: what torch.save wrote before PyTorch 1.6. */
const LEGACY_MAGIC = Buffer.from([0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]);
const LONGEST_MAGIC = 64;

/**
 * Opens a safetensors or PyTorch file, whatever it is called.
 *
 * @throws WeightsError naming the file and what is wrong with it; nothing in a file is ever executed
 */
export async function openWeightsFile(path: string): Promise<WeightsFile> {
  const start = readStart(path);
  if (start.subarray(0, ZIP_MAGIC.length).equals(ZIP_MAGIC)) return await openTorchFile(path);
  if (start.subarray(0, LEGACY_MAGIC.length).equals(LEGACY_MAGIC))
    throw new WeightsError(path, `${path} was saved in PyTorch's format from before version 1.6, which is not read`, {
      help: `convert it once: python -c "import torch; torch.save(torch.load('old.pt', map_location='cpu', weights_only=True), 'new.pt')"`,
    });
  // A safetensors file begins with the length of its header, which begins with a brace.
  if (start[8] === '{'.charCodeAt(0)) return openSafetensorsFile(path);
  throw new WeightsError(path, `${path} is neither a safetensors nor a PyTorch file`, {
    help: 'give a .safetensors file, or a .pt or .pth file that torch.save wrote',
  });
}

function readStart(path: string): Buffer {
  try {
    const file = openSync(path, 'r');
    try {
      const start = Buffer.alloc(LONGEST_MAGIC);
      return start.subarray(0, readSync(file, start));
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw WeightsError.unreadable(path, cause);
  }
}
