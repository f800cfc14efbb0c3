import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WeightsFile } from '../../../runtime/weights/types.ts';
import { openWeightsFile } from '../../../runtime/weights/weights-file.ts';
import { askPython } from '../../helpers/ask-python.ts';
import { pythonHas } from '../../helpers/python.ts';

/** Files that a real torch.save wrote, of every kind that people have. */

const folder = mkdtempSync(join(tmpdir(), 'exp-torch-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function withFile<T>(name: string, use: (file: WeightsFile) => Promise<T>): Promise<T> {
  const file = await openWeightsFile(join(folder, `${name}.pt`));
  try {
    return await use(file);
  } finally {
    file.close();
  }
}

describe.skipIf(!pythonHas('torch'))('files of torch.save (skipped: no reference Python with torch)', () => {
  let written: Record<string, Record<string, number[]>> = {};
  beforeAll(() => {
    written = askPython(new URL('torch_files.py', import.meta.url), { folder });
  }, 120_000);

  it.each(['dtypes', 'specials', 'views', 'parameters', 'protocol4'])('%s hold the same numbers', async (name) => {
    const read = await withFile(name, async (file) => {
      const entries = [...file.tensors].map(async ([key, tensor]) => [key, [...(await tensor.read())]] as const);
      return Object.fromEntries(await Promise.all(entries));
    });
    expect(read).toEqual(written[name]);
  });

  it('says which shapes views have', async () => {
    const shapes = await withFile('views', async ({ tensors }) =>
      Object.fromEntries([...tensors].map(([name, { shape }]) => [name, shape])),
    );
    expect(shapes).toMatchObject({ transposed: [6, 4], column: [4], slices: [2, 2, 3], scalar: [], empty: [0, 3] });
  });

  it.each([
    ['module', null, ['weight', 'bias']],
    ['lightning', 'state_dict', ['_model.weight', '_model.bias']],
    ['nnunet', 'network_weights', ['weight', 'bias']],
  ])('%s has its state dict under %s', async (name, wrapper, names) => {
    await withFile(name, async (file) => {
      expect(file.wrapper).toBe(wrapper);
      expect([...file.tensors.keys()]).toEqual(names);
    });
  });

  it.each([
    ['legacy', /before version 1\.6/, /torch\.load\('old\.pt'/],
    ['script', /TorchScript/, /torch\.jit\.load/],
    ['object', /`torch\.nn\.modules\.linear\.Linear`/, /model\.state_dict\(\)/],
  ])('%s is refused with what mends it', async (name, message, help) => {
    const path = join(folder, `${name}.pt`);
    await expect(openWeightsFile(path)).rejects.toMatchObject({
      code: 'EXP4302',
      path,
      message: expect.stringMatching(message),
      help: expect.stringMatching(help),
    });
  });
});
