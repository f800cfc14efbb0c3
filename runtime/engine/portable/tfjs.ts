import { createRequire } from 'node:module';
import type * as Tfjs from '@tensorflow/tfjs-core';

export type Tensor = Tfjs.Tensor;
export type TensorLibrary = typeof Tfjs;

const require = createRequire(import.meta.url);

/** The core and its backends must be one copy of CommonJS modules, or the backends register with another core. */
export async function loadTfjs(backend: 'wasm' | 'cpu'): Promise<TensorLibrary> {
  const tf: TensorLibrary = require('@tensorflow/tfjs-core');
  require(`@tensorflow/tfjs-backend-${backend}`);
  if (!(await tf.setBackend(backend))) throw new Error(`The tfjs backend ${backend} did not start.`);
  await tf.ready();
  return tf;
}
