import { Types } from '../../../../compiler/graph/ops/definition.ts';
import { OPS } from '../../../../compiler/graph/ops/table.ts';
import { lastUses } from '../../../../compiler/graph/schedule.ts';
import { elementCount } from '../../../../compiler/graph/shapes.ts';
import type {
  GraphNode,
  NodeId,
  OpAttributes,
  OpName,
  Schedule,
  Shape,
  TensorType,
  Value,
  ValueId,
} from '../../../../compiler/graph/types.ts';
import { CONSUMED_INPUTS } from '../../../../runtime/engine/backend.ts';
import type { Engine, TensorHandle } from '../../../../runtime/engine/types.ts';

/** An operand on this side: values and their shape. */
export interface Operand {
  readonly data: Float32Array | Int32Array;
  readonly shape: Shape;
}

export function operand(shape: Shape, valueAt: (index: number) => number): Operand {
  return { data: Float32Array.from({ length: elementCount(shape) }, (_, index) => valueAt(index)), shape };
}

export function integers(shape: Shape, valueAt: (index: number) => number): Operand {
  return { data: Int32Array.from({ length: elementCount(shape) }, (_, index) => valueAt(index)), shape };
}

/** Uniform in ±1, or from `low` to `high`; the same for the same seed. */
export function noise(shape: Shape, seed: number, low = -1, high = 1): Operand {
  let state = (seed * 2654435761 + 1) >>> 0;
  return operand(shape, () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 13), 0x297a2d39) >>> 0;
    return low + ((mixed ^ (mixed >>> 16)) >>> 0) * ((high - low) / 2 ** 32);
  });
}

function typeOf({ data, shape }: Operand): TensorType {
  return { shape, dtype: data instanceof Float32Array ? 'float32' : 'int32' };
}

/** A graph of one node, with inputs and outputs named by position; what is bfloat16 is cast back, as the engine hands out none. */
export function singleOp<O extends OpName>(
  op: O,
  attributes: OpAttributes[O],
  inputs: readonly TensorType[],
): Schedule {
  const results = OPS[op].shape(attributes, new Types(inputs));
  const id = 0 as NodeId;
  const values = [
    ...inputs.map((type, index): Value => ({ ...type, id: index as ValueId, producer: null })),
    ...results.map((type, index): Value => ({ ...type, id: (inputs.length + index) as ValueId, producer: id })),
  ];
  const ids = values.map((value) => value.id);
  const [inputIds, resultIds] = [ids.slice(0, inputs.length), ids.slice(inputs.length)];
  const nodes = [{ id, op, attributes, inputs: inputIds, outputs: resultIds, scope: 'single' } as unknown as GraphNode];
  const outputIds = resultIds.map((result) => {
    const type = values[result];
    if (type?.dtype !== 'bfloat16') return result;
    const [wide, caster] = [values.length as ValueId, nodes.length as NodeId];
    values.push({ shape: type.shape, dtype: 'float32', id: wide, producer: caster });
    nodes.push({
      id: caster,
      op: 'cast',
      attributes: { to: 'float32' },
      inputs: [result],
      outputs: [wide],
      scope: 'single',
    });
    return wide;
  });
  const named = (list: readonly ValueId[]) => new Map(list.map((value, index) => [String(index), value] as const));
  const graph = { values, nodes, inputs: named(inputIds), constants: [], outputs: named(outputIds) };
  return { graph, releases: lastUses(graph), activationPeakBytes: 0 };
}

/** Runs one op and leaves nothing behind in the engine. */
export async function runOp<O extends OpName>(
  engine: Engine,
  op: O,
  attributes: OpAttributes[O],
  operands: readonly Operand[],
): Promise<Operand[]> {
  const program = singleOp(op, attributes, operands.map(typeOf));
  const handles = operands.map(({ data, shape }) => engine.upload(data, shape));
  const outputs = engine.execute(program, Object.fromEntries(handles.entries()));
  engine.dispose(...handles.slice(CONSUMED_INPUTS[op] ?? 0));
  const results: Operand[] = [];
  for (const handle of inOrder(outputs)) {
    results.push({ data: await engine.download(handle), shape: handle.shape });
    engine.dispose(handle);
  }
  return results;
}

function inOrder(outputs: Record<string, TensorHandle>): TensorHandle[] {
  return Object.entries(outputs)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, handle]) => handle);
}

/** The largest difference, relative to the largest value. */
export function relativeError(actual: Operand, expected: Operand): number {
  if (actual.shape.join() !== expected.shape.join()) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let scale = 1e-3;
  expected.data.forEach((value, index) => {
    // Not a number where a number belongs is as wrong as can be.
    const error = Math.abs(value - (actual.data[index] ?? Number.NaN));
    difference = Math.max(difference, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
    scale = Math.max(scale, Math.abs(value));
  });
  return difference / scale;
}
