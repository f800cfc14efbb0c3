import type { CustomGradient, GraphBuilder } from './builder.ts';
import { GraphError } from './errors.ts';
import type { GradientContext } from './ops/definition.ts';
import { OPS } from './ops/table.ts';
import type { GraphNode, GraphNodeOf, OpName, Value, ValueId } from './types.ts';

/**
 * Reverse-mode differentiation: appends to the graph the gradient of a scalar with respect to some of its values, made of
 * the same ops. Values from which none of `wrt` can be reached backwards get no gradient, so that nothing flows to the
 * image or to constants. Rules may emit more than is asked for; the schedule drops what nothing uses.
 *
 * @param loss scalar
 * @returns one gradient for each of `wrt`, of its shape
 * @throws {GraphError} when the loss depends on one of them through an op without a gradient
 */
export function gradientsOf(builder: GraphBuilder, loss: Value, wrt: readonly Value[]): readonly Value[] {
  if (loss.shape.length !== 0) throw new GraphError('only a scalar has gradients here');
  const nodes = [...builder.nodes];
  const wanted = dependents(nodes, wrt);
  const segments = new Map(builder.customGradients.map((segment) => [segment.last, segment]));
  const gradients = new Map<ValueId, Value>([[loss.id, builder.scalar(1)]]);

  function accumulate(to: Value, gradient: Value | null): void {
    if (gradient === null || !wanted.has(to.id)) return;
    const sum = gradients.get(to.id);
    gradients.set(to.id, sum === undefined ? gradient : builder.add(sum, gradient));
  }

  function accumulateAll(inputs: readonly Value[], inputGradients: readonly (Value | null)[]): void {
    inputs.forEach((input, index) => {
      accumulate(input, inputGradients[index] ?? null);
    });
  }

  function throughSegment({ inputs, output, gradient }: CustomGradient): void {
    const dy = gradients.get(output.id);
    if (dy !== undefined) accumulateAll(inputs, gradient(dy));
  }

  function throughNode(node: GraphNode): void {
    if (!node.outputs.some((output) => gradients.has(output))) return;
    if (!node.inputs.some((input) => wanted.has(input))) return;
    accumulateAll(
      node.inputs.map((input) => builder.value(input)),
      inputGradients(builder, node, gradients),
    );
  }

  for (let position = nodes.length - 1; position >= 0; position--) {
    const node = nodes[position];
    if (node === undefined) continue;
    const segment = segments.get(position);
    builder.inScope(`${node.scope}/backward`, () =>
      segment === undefined ? throughNode(node) : throughSegment(segment),
    );
    if (segment !== undefined) position = segment.first;
  }
  return wrt.map(
    (value) => gradients.get(value.id) ?? builder.broadcastTo(builder.scalar(0), value.shape), // the loss ignores it
  );
}

/** The values that depend on one of `sources`, themselves included. */
function dependents(nodes: readonly GraphNode[], sources: readonly Value[]): ReadonlySet<ValueId> {
  const found = new Set(sources.map(({ id }) => id));
  for (const { inputs, outputs } of nodes) {
    if (inputs.some((input) => found.has(input))) for (const output of outputs) found.add(output);
  }
  return found;
}

function inputGradients<O extends OpName>(
  builder: GraphBuilder,
  node: GraphNodeOf<O>,
  gradients: ReadonlyMap<ValueId, Value>,
): readonly (Value | null)[] {
  const { gradient } = OPS[node.op];
  if (gradient === null) throw new GraphError(`${node.op} in ${node.scope} has no gradient`);
  const inputs = node.inputs.map((input) => builder.value(input));
  const outputs = node.outputs.map((output) => builder.value(output));

  function dyAt(index: number): Value {
    const output = at(outputs, index);
    return gradients.get(output.id) ?? builder.broadcastTo(builder.scalar(0), output.shape);
  }

  const context: GradientContext<O> = {
    g: builder,
    attributes: node.attributes,
    inputs,
    input: (index) => at(inputs, index),
    output: (index) => at(outputs, index),
    get dy() {
      return dyAt(0);
    },
    dyAt,
  };
  return gradient(context);
}

function at(values: readonly Value[], index: number): Value {
  const value = values[index];
  if (value === undefined) throw new GraphError(`no value at position ${index}`);
  return value;
}
