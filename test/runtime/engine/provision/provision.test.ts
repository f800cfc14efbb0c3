import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BINDING_PATH, cacheRoot, engineFolder } from '../../../../runtime/engine/provision/cache.ts';
import { diagnoseEngine } from '../../../../runtime/engine/provision/diagnose.ts';
import { announcedBytes } from '../../../../runtime/engine/provision/download.ts';
import { locateBinding } from '../../../../runtime/engine/provision/locate.ts';
import { provision } from '../../../../runtime/engine/provision/provision.ts';
import { targetOf } from '../../../../runtime/engine/provision/unpack.ts';
import { ENGINE_VARIANTS, variantFor } from '../../../../runtime/engine/provision/variants.ts';
import { EngineError } from '../../../../runtime/errors.ts';
import { smallDisk } from '../../../helpers/small-disk.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exp-provision-'));
  vi.stubEnv('EXP_CACHE_DIR', join(folder, 'cache'));
  vi.stubEnv('EXP_ENGINE_BINDING', '');
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** A program that does what a shell script says. */
function program(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

async function failure(): Promise<EngineError> {
  const error = await provision({ kind: 'cpu' }).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(EngineError);
  return error as EngineError;
}

describe('what can be missing is named with the command that mends it', () => {
  it('python', async () => {
    vi.stubEnv('EXP_PYTHON', join(folder, 'no-such-python'));
    const error = await failure();
    expect(error.message).toContain('python3 was not found');
    expect(error.help).toContain('apt-get install python3');
  });

  it('pip', async () => {
    vi.stubEnv('EXP_PYTHON', program('python', 'case "$*" in *pip*) exit 1;; esac'));
    const error = await failure();
    expect(error.message).toContain('has no pip');
    expect(error.help).toContain('ensurepip');
  });

  it('the compiler', async () => {
    vi.stubEnv('EXP_PYTHON', program('python', 'exit 0'));
    vi.stubEnv('CXX', join(folder, 'no-such-compiler'));
    const error = await failure();
    expect(error.message).toContain('no-such-compiler');
    expect(error.help).toContain('CXX');
  });

  it('the network, in pip’s own words', async () => {
    const script =
      'case "$*" in *download*) echo "ERROR: Could not find a version that satisfies the requirement" >&2; exit 1;; esac';
    vi.stubEnv('EXP_PYTHON', program('python', script));
    const error = await failure();
    expect(error.message).toContain('Could not find a version');
    expect(error.help).toContain('pip config list');
  });

  it('a file with another hash', async () => {
    const script = 'case "$*" in *download*) echo "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES" >&2; exit 1;; esac';
    vi.stubEnv('EXP_PYTHON', program('python', script));
    expect((await failure()).message).toContain('not the file that exp trusts');
  });

  it('a cache folder that is a file', async () => {
    writeFileSync(join(folder, 'cache'), '');
    const error = await failure();
    expect(error.message).toContain('cannot be written');
    expect(error.help).toContain('EXP_CACHE_DIR');
  });
});

describe('the cache', () => {
  it('that cannot be written is found by exp doctor, with what mends it', (test) => {
    const disk = smallDisk(1000);
    if (disk === null) return test.skip('only root may mount');
    vi.stubEnv('EXP_CACHE_DIR', join(disk.folder, 'cache'));
    disk.remount('ro');
    const found = diagnoseEngine().findings.find(({ name }) => name === 'disk');
    expect(found).toMatchObject({ status: 'warning', detail: `${join(disk.folder, 'cache')} cannot be written` });
    expect(found?.mend).toContain('set EXP_CACHE_DIR to a folder that is');
  });

  it('keeps nothing of a set-up that failed', async () => {
    vi.stubEnv('EXP_PYTHON', program('python', 'case "$*" in *download*) exit 1;; esac'));
    await failure();
    expect(readdirSync(join(folder, 'cache', 'engine'))).toEqual([]);
  });

  it('is used where it has the engine', async () => {
    const variant = variantFor('cpu');
    if (variant === null) return;
    const binding = join(engineFolder(variant), BINDING_PATH);
    mkdirSync(join(binding, '..'), { recursive: true });
    writeFileSync(binding, '');
    vi.stubEnv('EXP_PYTHON', join(folder, 'no-such-python'));
    expect(await provision({ kind: 'cpu' })).toMatchObject({ path: binding, built: false });
    expect(locateBinding()).toMatchObject({ path: binding, origin: 'provisioned' });
  });

  it('takes over the lock of a process that is gone', async () => {
    const variant = variantFor('cpu');
    if (variant === null) return;
    mkdirSync(join(folder, 'cache', 'engine'), { recursive: true });
    const lock = `${engineFolder(variant)}.lock`;
    writeFileSync(lock, '999999999');
    vi.stubEnv('EXP_PYTHON', join(folder, 'no-such-python'));
    expect((await failure()).message).toContain('python3 was not found');
    expect(existsSync(lock)).toBe(false);
  });

  it('stands where EXP_CACHE_DIR says', () => {
    expect(cacheRoot({ EXP_CACHE_DIR: '/elsewhere' })).toBe('/elsewhere');
  });
});

describe('the wheels', () => {
  it('are each pinned by a SHA-256', () => {
    for (const { wheels } of ENGINE_VARIANTS) for (const { sha256 } of wheels) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['tensorflow/libtensorflow_cc.so.2', 'deps/lib/libtensorflow_cc.so.2'],
    ['tensorflow/libtensorflow_framework.2.dylib', 'deps/lib/libtensorflow_framework.2.dylib'],
    ['tensorflow/include/tensorflow/c/c_api.h', 'deps/include/tensorflow/c/c_api.h'],
    ['nvidia/cudnn/lib/libcudnn.so.9', 'deps/nvidia/cudnn/lib/libcudnn.so.9'],
    ['tensorflow/python/ops.py', null],
    ['tensorflow/include/tensorflow/core/ops.h', null],
  ])('unpack %s to %s', (entry, target) => {
    expect(targetOf(entry)).toBe(target);
  });

  it('announce their size through pip', () => {
    expect(announcedBytes('Collecting x\n  Downloading x-1.whl (273.8 MB)\n')).toBeCloseTo(273.8e6);
    expect(announcedBytes('Collecting x')).toBeNull();
  });
});
