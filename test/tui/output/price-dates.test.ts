import { describe, expect, it } from 'vitest';
import { dates } from '../../../tui/output/environments.ts';
import { tinyPlan } from '../../helpers/tiny-plan.ts';

const { environment } = tinyPlan();
const priced = (name: string, priceAsOf: string | null) => ({ environment: { ...environment, name }, priceAsOf });

describe('when prices were looked up', () => {
  it('is a month, and which are older is named', () => {
    const known = [priced('b', '2022'), priced('c', '2026-11'), priced('d', '2026-11-09'), priced('a', '2022')];
    expect(dates(known)).toEqual(['prices on demand, looked up in 2026-11; those of a, b in 2022']);
    expect(dates(known.slice(1, 3))).toEqual(['prices on demand, looked up in 2026-11']);
    expect(dates([priced('own', null)])).toEqual([]);
  });
});
