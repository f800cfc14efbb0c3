import { describe, it } from 'vitest';
import type { OpName } from '../../../compiler/graph/types.ts';
import { NO_NATIVE, native, portable } from './helpers/engines.ts';
import { evaluateAll, expectAgreement } from './helpers/evaluate.ts';
import { OP_CASES } from './helpers/op-cases.ts';

describe.skipIf(native === null)(`every native kernel gives what the portable one gives (${NO_NATIVE})`, () => {
  it.each(Object.keys(OP_CASES) as OpName[])('%s', async (op) => {
    if (native === null) return;
    expectAgreement(op, await evaluateAll(native, op), await evaluateAll(portable, op));
  });
});
