import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Graph, GraphNodeOf, NodeId, OpName, Schedule, ValueId } from '../../../../compiler/graph/types.ts';
import type { RunSchedule } from '../../backend.ts';
import { biasedMatMul } from '../../kernels/native/matmul.ts';
import { NATIVE_KERNELS } from '../../kernels/native/table.ts';
import { known } from '../../known.ts';
import { attr, type TensorId } from '../binding.ts';
import type { TensorFlowSession } from '../session.ts';
import { biasedProducts } from './biased-products.ts';
import { savedModel, TAG } from './graph-def.ts';
import { GraphRecorder } from './recorder.ts';

/**
 * A schedule as one TensorFlow graph: one call runs all of it. TensorFlow knows when a tensor has its last use, so that ops
 * write in place, and ops that do not need each other overlap.
 *
 * The ops are those of the kernels, asked of a recorder instead of a session.
 */

/**
 * How far the schedule may be run ahead of its order, in nodes. Without a bound TensorFlow begins whatever it can, and keeps
 * the results; and it would find recomputed tensors to be the same as the kept ones, and keep those. With 16 a step is no faster,
 * and takes a tenth of a gigabyte more, a quarter where memory is limited.
 */
const AHEAD = 4;

export function captureSchedule({ graph }: Schedule, tf: TensorFlowSession): RunSchedule<TensorId> {
  const recorder = new GraphRecorder(tf);
  const values = new Map<ValueId, TensorId>();
  const recorded = (value: ValueId) => known(values.get(value), `value ${value}`);

  for (const value of graph.inputs.values()) {
    const { dtype, shape } = known(graph.values[value], `value ${value}`);
    values.set(value, recorder.placeholder(dtype, shape));
  }
  const inputNames = [...graph.inputs.values()].map((value) => recorder.nameOf(recorded(value)));
  for (const { value, data } of graph.constants) {
    const { dtype, shape } = known(graph.values[value], `value ${value}`);
    values.set(value, recorder.feed(tf.upload(data(), shape), dtype, shape));
  }
  const products = tf.oneDnn ? biasedProducts(graph) : new Map<NodeId, GraphNodeOf<'matMul'>>();
  const withTheirSums = new Set([...products.values()].map(({ id }) => id));
  const done: (string | null)[] = [];
  for (const [index, node] of graph.nodes.entries()) {
    const last = recorder.group(node.scope, done[index - AHEAD] ?? null, () => {
      if (withTheirSums.has(node.id)) return;
      const product = products.get(node.id);
      const outputs =
        product === undefined
          ? record(node, graph, node.inputs.map(recorded), recorder)
          : recordBiased(product, known(node.inputs[1], 'a bias'), graph, recorded, recorder);
      for (const [at, value] of node.outputs.entries())
        values.set(value, known(outputs[at], `output ${at} of ${node.op}`));
    });
    // A node that adds nothing ends with the one before it.
    done.push(last ?? done.at(-1) ?? null);
  }
  let outputNames: string[] = [];
  recorder.group('output', null, () => {
    // What is fed cannot be fetched, and an output may be an input.
    const outputs = [...graph.outputs.values()].map((value) => {
      const type = attr.dtype('T', known(graph.values[value], `value ${value}`).dtype);
      return recorder.run('Identity', [type], [recorded(value)]);
    });
    outputNames = outputs.map((id) => recorder.nameOf(id));
  });

  const model = load(savedModel(recorder.nodes), tf);
  const names = { inputs: [...inputNames, ...recorder.feeds.keys()].join(), outputs: outputNames.join() };
  const fed = [...recorder.feeds.values()];
  return (inputs) => tf.runModel(model, [...inputs, ...fed], names);
}

function record<O extends OpName>(
  { op, attributes, inputs, outputs }: GraphNodeOf<O>,
  { values }: Graph,
  operands: readonly TensorId[],
  recorder: GraphRecorder,
): readonly TensorId[] {
  const typeOf = (value: ValueId) => known(values[value], `value ${value}`);
  const kernel = NATIVE_KERNELS[op];
  return kernel({ attributes, inputs: inputs.map(typeOf), outputs: outputs.map(typeOf) }, recorder)(operands);
}

function recordBiased(
  { attributes, inputs }: GraphNodeOf<'matMul'>,
  bias: ValueId,
  { values }: Graph,
  recorded: (value: ValueId) => TensorId,
  recorder: GraphRecorder,
): readonly TensorId[] {
  const { shape } = known(values[bias], 'a bias');
  return biasedMatMul(attributes, shape, recorder)([...inputs, bias].map(recorded));
}

/** TensorFlow reads a SavedModel from a folder, once. */
function load(content: Uint8Array, tf: TensorFlowSession): number {
  const folder = mkdtempSync(join(tmpdir(), 'exp-graph-'));
  try {
    writeFileSync(join(folder, 'saved_model.pb'), content);
    return tf.loadModel(folder, TAG);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
