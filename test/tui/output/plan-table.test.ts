import { expect, it } from 'vitest';
import { planTable } from '../../../tui/output/plan-table.ts';
import { planOf, smallWith } from '../../compiler/example.ts';

const paint = (text: string) => text;
const LONG = 'x'.repeat(150);

it('breaks what is long below itself, and no line is wider than the terminal', () => {
  const planFile = planOf(smallWith(`description: "${LONG}"\n augment { affine(probability: 20%) }`));
  for (const width of [100, 120, 140]) {
    const lines = planTable(planFile, width, paint);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(lines.join('').replaceAll(/[^x]/g, '').length).toBeGreaterThanOrEqual(LONG.length);
  }
});

it('has one line a value where nobody looks at columns', () => {
  const planFile = planOf(smallWith(`description: "${LONG}"`));
  const lines = planTable(planFile, null, paint);
  expect(lines.filter((line) => line.includes(LONG))).toHaveLength(1);
  expect(lines.every((line) => /^[a-z]/.test(line))).toBe(true);
});
