import { cpus } from 'node:os';
import { EngineError } from '../../errors.ts';
import { createEngine } from '../executor.ts';
import type { Observer } from '../stepwise.ts';
import type { Engine } from '../types.ts';
import { portableBackend } from './backend.ts';
import { loadTfjs } from './tfjs.ts';

/**
 * tfjs on WebAssembly or plain JavaScript. One a process: tfjs has one current backend.
 *
 * @throws EngineError when the backend does not start
 */
export async function openPortableEngine(
  backend: 'wasm' | 'cpu',
  notice: string | null,
  observer: Observer | null = null,
): Promise<Engine> {
  const tf = await loadTfjs(backend).catch((cause: unknown) => {
    throw new EngineError(`tfjs did not start on ${backend}.`, { help: 'Run `npm ci` to install it anew.', cause });
  });
  return createEngine(
    {
      backend,
      version: tf.version_core,
      device: cpus()[0]?.model.trim() ?? process.arch,
      threads: 1,
      oneDnn: false,
      notice,
    },
    portableBackend(tf),
    observer,
  );
}
