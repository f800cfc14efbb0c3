import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { isOneDnnOn, tensorFlowEnvironment, trainerEnvironment } from '../../../runtime/engine/environment.ts';
import { openEngine } from '../../../runtime/engine/open.ts';
import { EngineError } from '../../../runtime/errors.ts';
import { NO_NATIVE, native } from './helpers/engines.ts';

describe('the choice of an engine', () => {
  it('is plain JavaScript when EXP_ENGINE=cpu says so', async () => {
    const { info } = await openEngine({ EXP_ENGINE: 'cpu' });
    expect(info).toMatchObject({ backend: 'cpu', threads: 1, oneDnn: false, notice: null });
  });

  it('refuses an engine that it does not know', async () => {
    await expect(openEngine({ EXP_ENGINE: 'gpu' })).rejects.toThrow(EngineError);
    await expect(openEngine({ EXP_ENGINE: 'gpu' })).rejects.toThrow('EXP_ENGINE=gpu names no engine');
  });

  it('refuses a way to run graphs that it does not know', async () => {
    await expect(openEngine({ EXP_GRAPHS: 'eager' })).rejects.toThrow('EXP_GRAPHS=eager is no way to run graphs');
    await expect(openEngine({ EXP_ENGINE: 'cpu', EXP_GRAPHS: 'stepwise' })).resolves.toBeDefined();
  });

  it('says what did not load when native is asked for, and falls back with a notice when it is not', async () => {
    const missing = { EXP_ENGINE_BINDING: '/nowhere/tfjs_binding.node' };
    await expect(openEngine({ ...missing, EXP_ENGINE: 'native' })).rejects.toThrow('/nowhere/tfjs_binding.node');
    const { info } = await openEngine(missing);
    expect(info.backend).toBe('wasm');
    expect(info.notice).toMatch(/did not load.*`exp setup`/s);
  });

  it.skipIf(native === null)(`is TensorFlow where it is set up, with oneDNN on (${NO_NATIVE})`, () => {
    expect(native?.info.backend).toMatch(/^tensorflow-/);
    expect(native?.info.oneDnn).toBe(native?.info.backend === 'tensorflow-cpu' && process.platform !== 'darwin');
  });
});

describe('the trainer’s environment', () => {
  it('turns oneDNN on, which TensorFlow leaves off on many CPUs', () => {
    expect(isOneDnnOn(trainerEnvironment({}))).toBe(process.platform !== 'darwin');
    expect(trainerEnvironment({}).TF_DETERMINISTIC_OPS).toBe('1');
  });

  it('gives ops a second pool of threads, but for those that run one by one', () => {
    expect(trainerEnvironment({}).TF_NUM_INTEROP_THREADS).toBe(String(availableParallelism()));
    expect(trainerEnvironment({ EXP_GRAPHS: 'stepwise' }).TF_NUM_INTEROP_THREADS).toBe('1');
  });

  it('leaves what the user has set', () => {
    const own = trainerEnvironment({ TF_ENABLE_ONEDNN_OPTS: '0', TF_NUM_INTRAOP_THREADS: '7', PATH: '/bin' });
    expect(own).toMatchObject({ TF_ENABLE_ONEDNN_OPTS: '0', TF_NUM_INTRAOP_THREADS: '7', PATH: '/bin' });
    expect(isOneDnnOn(own)).toBe(false);
  });

  it.runIf(process.platform === 'linux')('adds huge pages to the tunables that are there', () => {
    expect(trainerEnvironment({}).GLIBC_TUNABLES).toBe('glibc.malloc.hugetlb=1');
    const tuned = trainerEnvironment({ GLIBC_TUNABLES: 'glibc.malloc.arena_max=1' });
    expect(tuned.GLIBC_TUNABLES).toBe('glibc.malloc.arena_max=1:glibc.malloc.hugetlb=1');
    expect(trainerEnvironment(tuned).GLIBC_TUNABLES).toBe(tuned.GLIBC_TUNABLES);
    expect(tensorFlowEnvironment({}).MALLOC_TRIM_THRESHOLD_).toBeUndefined();
  });
});
