import type { Backend } from '../backend.ts';
import { NATIVE_KERNELS } from '../kernels/native/table.ts';
import type { TensorFlowBinding, TensorId } from './binding.ts';
import { captureSchedule } from './capture/capture.ts';
import { TensorFlowSession } from './session.ts';

/**
 * TensorFlow through tfjs-node's binding: tensors are the binding's numbers.
 *
 * @param wholeFrom the number of nodes from which schedules are run as a whole. On GPUs none is: the binding hands the
 * outputs of a graph over in main memory.
 */
export function nativeBackend(binding: TensorFlowBinding, wholeFrom: number): Backend<TensorId> {
  const tf = new TensorFlowSession(binding);
  return {
    prepare: (op, site) => NATIVE_KERNELS[op](site, tf),
    prepareWhole(schedule) {
      if (tf.gpu || schedule.graph.nodes.length < wholeFrom) return null;
      const mark = tf.mark();
      try {
        return captureSchedule(schedule, tf);
      } catch (error) {
        tf.freeSince(mark);
        const reason = error instanceof Error ? error.message : String(error);
        process.emitWarning(`TensorFlow could not take a graph in and runs op by op, somewhat slower: ${reason}`);
        return null;
      }
    },
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
