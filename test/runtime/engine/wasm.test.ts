import { describe, it } from 'vitest';
import type { OpName } from '../../../compiler/graph/types.ts';
import { openPortableEngine } from '../../../runtime/engine/portable/open.ts';
import type { Engine } from '../../../runtime/engine/types.ts';
import { evaluateAll, expectAgreement } from './helpers/evaluate.ts';
import { OP_CASES } from './helpers/op-cases.ts';
import type { Operand } from './helpers/single-op.ts';

const OPS = Object.keys(OP_CASES) as OpName[];

/** One after the other: tfjs has one current backend. */
const onCpu = await results(await openPortableEngine('cpu', null));
const wasm = await openPortableEngine('wasm', null);

describe('every portable kernel on WebAssembly gives what it gives in plain JavaScript', () => {
  it.each(OPS)('%s', async (op) => {
    expectAgreement(op, await evaluateAll(wasm, op), onCpu.get(op) ?? []);
  });
});

async function results(engine: Engine): Promise<Map<OpName, Operand[][]>> {
  const all = new Map<OpName, Operand[][]>();
  for (const op of OPS) all.set(op, await evaluateAll(engine, op));
  engine.close();
  return all;
}
