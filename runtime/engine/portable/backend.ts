import type { Backend } from '../backend.ts';
import { PORTABLE_KERNELS } from '../kernels/portable/table.ts';
import type { Tensor, TensorLibrary } from './tfjs.ts';

/** tfjs-core on whichever backend is current. */
export function portableBackend(tf: TensorLibrary): Backend<Tensor> {
  const live = new Set<Tensor>();
  let peakBytes = 0;

  function own(tensor: Tensor): Tensor {
    live.add(tensor);
    return tensor;
  }
  function free(tensor: Tensor): void {
    live.delete(tensor);
    tensor.dispose();
  }
  function measure(): void {
    peakBytes = Math.max(peakBytes, tf.memory().numBytes);
  }

  return {
    prepare(op, site) {
      const kernel = PORTABLE_KERNELS[op](site, tf);
      return (inputs) => {
        const outputs = tf.tidy(() => {
          const results = [...kernel(inputs)];
          measure();
          return results;
        });
        for (const input of inputs) if (input.isDisposed) live.delete(input);
        return outputs.map(own);
      };
    },
    prepareWhole: () => null,
    // tfjs keeps the array itself, which the caller is free to reuse.
    upload: (data, shape) =>
      own(tf.tensor(data.slice(), [...shape], data instanceof Float32Array ? 'float32' : 'int32')),
    async download(tensor) {
      const data = await tensor.data();
      return data instanceof Float32Array ? data.slice() : Int32Array.from(data);
    },
    alias: (tensor) => own(tf.clone(tensor)),
    free,
    attempt(body) {
      const before = new Set(live);
      try {
        return body();
      } catch (error) {
        for (const tensor of [...live]) if (!before.has(tensor)) free(tensor);
        throw error;
      }
    },
    memory: () => ({ tensors: live.size, bytes: tf.memory().numBytes, peakBytes }),
    close() {
      for (const tensor of [...live]) free(tensor);
    },
  };
}
