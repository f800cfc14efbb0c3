import { expect, it } from 'vitest';
import { trainingProgram } from '../../../compiler/graph/programs.ts';
import { describeNotFinite, findNotFinite } from '../../../runtime/training/not-finite.ts';
import { tinyPlan } from '../../helpers/tiny-plan.ts';

const { weights, weightCount } = trainingProgram(tinyPlan());
const [first, second] = weights;
const last = weights.at(-1);

it('names the parameter in which numbers ended, from the side that they came from', () => {
  const vector = new Float32Array(weightCount);
  expect(findNotFinite(weights, vector, 'input')).toBeNull();
  vector[second?.offset ?? 0] = Number.NaN;
  vector[last?.offset ?? 0] = Number.NEGATIVE_INFINITY;
  const [fromInput, fromOutput] = [findNotFinite(weights, vector, 'input'), findNotFinite(weights, vector, 'output')];
  expect(fromInput).toEqual({ parameter: second?.name, value: Number.NaN, others: 1 });
  expect(fromOutput).toEqual({ parameter: last?.name, value: Number.NEGATIVE_INFINITY, others: 1 });
});

it('says so in a few words', () => {
  const name = first?.name ?? '';
  expect(describeNotFinite({ parameter: name, value: Number.NaN, others: 0 })).toBe(`NaN, in ${name}`);
  expect(describeNotFinite({ parameter: name, value: Number.NaN, others: 1 })).toBe(
    `NaN, in ${name} and 1 more parameter`,
  );
});
