import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { NvidiaSmi, parseGpus } from '../../../runtime/system/nvidia-smi.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

afterEach(() => vi.unstubAllEnvs());

/** A folder on the PATH with a program of this name. */
function installed(name: string, script: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
  return folder;
}

describe('what nvidia-smi prints', () => {
  it('is one line a GPU, memory in MiB', () => {
    expect(parseGpus('0, 97, 12345, 15360, 68.21, 70.00\n1, 0, 3, 81559, 62.08, 700.00\n')).toEqual([
      {
        index: 0,
        utilizationPercent: 97,
        memoryUsedBytes: 12345 * 2 ** 20,
        memoryTotalBytes: 15360 * 2 ** 20,
        powerWatts: 68.21,
        powerLimitWatts: 70,
      },
      {
        index: 1,
        utilizationPercent: 0,
        memoryUsedBytes: 3 * 2 ** 20,
        memoryTotalBytes: 81559 * 2 ** 20,
        powerWatts: 62.08,
        powerLimitWatts: 700,
      },
    ]);
  });

  it.each([
    ['the load of a GPU that is cut into MIG slices', '0, [N/A], 1024, 40960, 55.1, 400.00', 'utilizationPercent'],
    ['the power of a laptop’s GPU', '0, 12, 1024, 8192, [Not Supported], [N/A]', 'powerWatts'],
    ['the memory of a GPU in trouble', '0, 12, [Unknown Error], 8192, 50.0, 70.0', 'memoryUsedBytes'],
  ] as const)('does not have %s', (_, line, field) => {
    expect(parseGpus(line)).toEqual([expect.objectContaining({ index: 0, [field]: null })]);
  });

  it.each(['', 'No devices were found\n', 'NVIDIA-SMI has failed because it couldn’t communicate with the driver.\n'])(
    'is no GPU where it is %j',
    (text) => expect(parseGpus(text)).toEqual([]),
  );
});

describe('asking', () => {
  it('asks the program on the PATH for what it prints', async () => {
    const folder = installed('nvidia-smi', `[ "$2" = --format=csv,noheader,nounits ] && echo '0, 50, 1, 2, 3.0, 4.0'`);
    vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
    expect(await new NvidiaSmi().gpus()).toMatchObject([{ index: 0, utilizationPercent: 50, powerLimitWatts: 4 }]);
  });

  it('is answered with no GPU where the program fails', async () => {
    const folder = installed('nvidia-smi', 'echo "No devices were found"; exit 6');
    vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
    expect(await new NvidiaSmi().gpus()).toEqual([]);
  });

  it('is not done again where there is no such program', async () => {
    vi.stubEnv('PATH', temporaryFolder());
    const smi = new NvidiaSmi();
    expect(await smi.gpus()).toEqual([]);
    vi.stubEnv('PATH', installed('nvidia-smi', `echo '0, 50, 1, 2, 3.0, 4.0'`));
    expect(await smi.gpus()).toEqual([]);
  });
});
