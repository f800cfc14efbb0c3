import type { Backend } from '../backend.ts';
import { NATIVE_KERNELS } from '../kernels/native/table.ts';
import type { TensorFlowBinding, TensorId } from './binding.ts';
import { TensorFlowSession } from './session.ts';

/** TensorFlow through tfjs-node's binding: tensors are the binding's numbers. */
export function nativeBackend(binding: TensorFlowBinding): Backend<TensorId> {
  const tf = new TensorFlowSession(binding);
  return {
    prepare: (op, site) => NATIVE_KERNELS[op](site, tf),
    upload: (data, shape) => tf.upload(data, shape),
    download: async (id) => tf.download(id),
    alias: (id) => tf.run('Identity', [], [id]),
    free: (id) => tf.free(id),
    attempt(body) {
      const mark = tf.mark();
      try {
        return body();
      } catch (error) {
        tf.freeSince(mark);
        throw error;
      }
    },
    memory: () => tf.memory(),
    close: () => tf.close(),
  };
}
