import { rule } from './rule.ts';

/** Decimal shares are added in binary: a thousandth of a percent is rounding, not a mistake. */
const TOLERANCE = 1e-5;

export const splitAddsUp = rule(['dataset.split'], ({ dataset }, { report }) => {
  const { train, validation, test } = dataset.settings.split;
  const sum = train + validation + test;
  if (Math.abs(sum - 1) > TOLERANCE) {
    report('EXP3001', 'dataset.split', { sum: Number((sum * 100).toFixed(3)) });
  }
});
