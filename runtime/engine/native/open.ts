import { availableParallelism, cpus } from 'node:os';
import { EngineError } from '../../errors.ts';
import { isOneDnnOn, tensorFlowEnvironment } from '../environment.ts';
import { createEngine } from '../executor.ts';
import type { LocatedBinding } from '../provision/locate.ts';
import type { Observer } from '../stepwise.ts';
import type { Engine } from '../types.ts';
import { nativeBackend } from './backend.ts';
import { loadBinding } from './binding.ts';

/**
 * TensorFlow through a native binding.
 *
 * @throws EngineError when the binding or the libraries beside it do not load
 */
export function openNativeEngine(
  located: LocatedBinding,
  {
    observer = null,
    wholeFrom = Number.POSITIVE_INFINITY,
  }: { readonly observer?: Observer | null; readonly wholeFrom?: number } = {},
): Engine {
  const binding = load(located.path);
  const gpu = binding.isUsingGpuDevice();
  const oneDnn = !gpu && isOneDnnOn();
  return createEngine(
    {
      backend: gpu ? 'tensorflow-cuda' : 'tensorflow-cpu',
      version: binding.TF_Version,
      device: gpu ? 'NVIDIA GPU' : (cpus()[0]?.model.trim() ?? process.arch),
      threads: Number(process.env.TF_NUM_INTRAOP_THREADS) || availableParallelism(),
      oneDnn,
      notice: noticeOf(located, gpu, oneDnn),
    },
    nativeBackend(binding, wholeFrom),
    observer,
  );
}

function load(path: string) {
  Object.assign(process.env, tensorFlowEnvironment(process.env));
  try {
    return loadBinding(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError(`TensorFlow did not load from ${path}: ${reason}`, {
      help: 'Run `exp setup` to build it anew.',
      cause,
    });
  }
}

function noticeOf(located: LocatedBinding, gpu: boolean, oneDnn: boolean): string | null {
  if (gpu) return null;
  if (located.kind === 'cuda') {
    return 'This machine has an NVIDIA driver, but TensorFlow sees no GPU and runs on the CPU. `exp doctor` says why.';
  }
  if (!oneDnn && process.platform !== 'darwin') {
    return 'TensorFlow runs without oneDNN, many times slower. Set TF_ENABLE_ONEDNN_OPTS=1 before the process starts.';
  }
  return null;
}
