import { expect } from 'vitest';
import type { OpName } from '../../../../compiler/graph/types.ts';
import type { Engine } from '../../../../runtime/engine/types.ts';
import { OP_CASES, type OpCase, STATISTICS_FROM } from './op-cases.ts';
import { type Operand, relativeError, runOp } from './single-op.ts';

const TOLERANCE = 2e-5;

/** Where the outputs begin that belong to a backend alone: the statistics of a norm. */
const OPAQUE: { readonly [O in OpName]?: number } = { instanceNorm: 1, groupNorm: 1, layerNorm: 1 };

/** All outputs of all cases of an op; checks that running them leaves nothing behind. */
export async function evaluateAll<O extends OpName>(engine: Engine, op: O): Promise<Operand[][]> {
  const results: Operand[][] = [];
  for (const example of OP_CASES[op]) {
    results.push(await evaluate(engine, op, example));
    // Small constants of the engine (shapes, axes) stay after the first run; a second must add nothing.
    const settled = engine.memory().tensors;
    await evaluate(engine, op, example);
    expect(engine.memory().tensors, `${op} leaks`).toBe(settled);
  }
  return results;
}

/** The outputs that mean the same on every backend agree. */
export function expectAgreement(op: OpName, actual: readonly Operand[][], expected: readonly Operand[][]): void {
  expect(actual.length).toBe(expected.length);
  for (const [example, outputs] of expected.entries()) {
    for (const [index, output] of outputs.slice(0, OPAQUE[op]).entries()) {
      const got = actual[example]?.[index];
      const where = `output ${index} of case ${example} of ${op}`;
      expect(got?.shape, where).toEqual(output.shape);
      expect(got === undefined ? Number.NaN : relativeError(got, output), where).toBeLessThan(TOLERANCE);
    }
  }
}

async function evaluate<O extends OpName>(engine: Engine, op: O, example: OpCase<O>): Promise<Operand[]> {
  const { attributes, operands } = example;
  return runOp(engine, op, attributes, [...operands, ...(await statistics(engine, op, example))]);
}

/** For a norm's gradient, what its forward op saves. */
async function statistics<O extends OpName>(
  engine: Engine,
  op: O,
  { attributes, operands }: OpCase<O>,
): Promise<Operand[]> {
  const forward = Object.entries(STATISTICS_FROM).find(([gradient]) => gradient === op)?.[1];
  const [, x, gamma] = operands;
  if (forward === undefined || x === undefined) return [];
  const parameters = gamma === undefined ? [x] : [x, gamma, gamma];
  return (await runOp(engine, forward, attributes as never, parameters)).slice(1);
}
