import { describe, expect, it } from 'vitest';
import { compileMatrix, type PlanMatrix } from '../../../compiler/matrix/compile-matrix.ts';
import { memberPlan, memberPlanSchema, restoreMemberPlan } from '../../../compiler/plan/member-plans.ts';
import { smallWith } from '../example.ts';

function matrixOf(settings: string): PlanMatrix {
  const options = { profile: null, set: [], environment: () => undefined };
  const compiled = compileMatrix({ path: 'test.exp', text: smallWith(settings) }, options);
  if (compiled.kind !== 'matrix' || compiled.matrix === null) throw new Error('no matrix');
  return compiled.matrix;
}

/** As they go through a file. */
const written = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const matrix = matrixOf(
  'sweep { optimizer.learning_rate: [1e-4, 3e-4]  model.init_filters: [8, 16]  seed: [1, 2] }\n folds: 2',
);
const [first] = matrix.members;
if (first === undefined) throw new Error('no members');
const whole = written(first.planFile());

describe('the plans of a matrix in little', () => {
  it('give back each plan as the compiler made it', () => {
    expect(matrix.members).toHaveLength(16);
    for (const member of matrix.members) {
      const line = memberPlanSchema.parse(written(memberPlan(first.plan, member)));
      const { planId, plan } = restoreMemberPlan(whole, line) ?? {};
      expect([planId, plan]).toEqual([member.planId, member.plan]);
    }
  });

  it('hold what differs, and nothing of what is the same', () => {
    const changes = matrix.members.map((member) => Object.keys(memberPlan(first.plan, member).changes).sort());
    expect(changes.slice(0, 5)).toEqual([[], ['dataset'], ['seed'], ['dataset', 'seed'], ['facts', 'model']]);
  });

  it('say when parts do not belong together', () => {
    const [, second] = matrix.members;
    if (second === undefined) throw new Error('no second');
    const line = memberPlan(first.plan, second);
    expect(restoreMemberPlan(whole, { ...line, changes: {} })).toBeNull();
    expect(restoreMemberPlan({ ...Object(whole), plan: {} }, line)).toBeNull();
    expect(restoreMemberPlan(null, line)).toBeNull();
  });
});
