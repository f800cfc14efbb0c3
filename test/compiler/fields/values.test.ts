import { describe, expect, it } from 'vitest';
import { DICE_CE } from '../../helpers/models.ts';
import { mlflowTrack } from '../../helpers/tiny-plan.ts';
import { planOf, SMALL, smallWith } from '../example.ts';

/** What single values become in the plan, and what is refused: `codesOf` stands in the golden cases. */
describe('values', () => {
  it.each([
    ['budget: $30, 20h', 'budget', { usd: 30, hours: 20 }],
    ['budget: 90min', 'budget', { usd: null, hours: 1.5 }],
    ['budget: 2d', 'budget', { usd: null, hours: 48 }],
    ['budget: $12.50', 'budget', { usd: 12.5, hours: null }],
    ['batch_size: 3', 'batchSize', 3],
    ['metrics: [dice, hausdorff95]', 'metrics', ['dice', 'hausdorff95']],
    ['predict: none', 'predict', 'none'],
    ['loss: dice_cross_entropy', 'loss', DICE_CE],
    ['sampling: uniform(per_case: 2)', 'sampling', { kind: 'uniform', perCase: 2 }],
    ['track: none', 'track', null],
    ['track: mlflow', 'track', mlflowTrack('small')],
  ] as const)('%s', (setting, key, expected) => {
    expect(planOf(smallWith(setting)).plan[key]).toEqual(expected);
  });

  it.each([
    ['overlap: 50%', 0.5],
    ['overlap: 0.5', 0.5],
    ['overlap: 15%', 0.15],
    ['overlap: 0%', 0],
  ])('percentages are fractions: %s', (argument, overlap) => {
    expect(planOf(smallWith(`inference: sliding_window(${argument})`)).plan.inference.overlap).toBe(overlap);
  });

  it.each([
    ['spacing: 1.0x1.0x2.5 mm', 'spacing', [1, 1, 2.5]],
    ['orientation: LPS', 'orientation', 'LPS'],
    ['orientation: native', 'orientation', null],
    ['subjects: first 8', 'subjects', 8],
    ['split: 80% / 20%', 'split', { train: 0.8, validation: 0.2, test: 0 }],
    ['intensity: none', 'intensity', { kind: 'none' }],
    [
      'intensity: range(from: -175, to: 250)',
      'intensity',
      { kind: 'range', from: -175, to: 250, min: 0, max: 1, clip: true },
    ],
    [
      'intensity: percentiles',
      'intensity',
      { kind: 'percentiles', lower: 0.5, upper: 99.5, min: 0, max: 1, clip: true },
    ],
  ] as const)('of data: %s', (setting, key, expected) => {
    const text = SMALL.replace('foreground: [1]', `foreground: [1]\n    ${setting}`);
    expect(planOf(text).plan.dataset[key]).toEqual(expected);
  });

  it.each([
    ['checkpoint: every 30 min', 'checkpointEvery', { unit: 'minutes', value: 30 }],
    ['checkpoint: every 100 steps', 'checkpointEvery', { unit: 'steps', value: 100 }],
    ['validate: every 1 epoch', 'validateEveryEpochs', 1],
    ['early_stop: none', 'earlyStop', null],
    [
      'early_stop: patience 1 epoch on train.loss',
      'earlyStop',
      { patienceEpochs: 1, watch: { metric: 'train.loss', mode: 'min' } },
    ],
    ['lr_schedule: polynomial', 'lrSchedule', { kind: 'polynomial', power: 0.9 }],
  ] as const)('of time: %s', (setting, key, expected) => {
    const text = SMALL.replace('epochs: 10', `epochs: 10\n    ${setting}\n `);
    expect(planOf(text).plan.schedule[key]).toEqual(expected);
  });

  it('expectations compare, in percent too', () => {
    expect(planOf(smallWith('expect val.dice >= 80%')).plan.expectations).toEqual([
      { metric: 'val.dice', operator: '>=', value: 0.8 },
    ]);
  });

  it('phantoms have a recipe instead of a folder', () => {
    const text = SMALL.replace('bids("data/organ")', 'phantom(subjects: 12, size: 48)').replace(
      / {4}(image|label):.*\n/g,
      '',
    );
    expect(planOf(text).plan.dataset.source).toEqual({
      layout: 'phantom',
      subjects: 12,
      size: 48,
      seed: 1,
      channels: 1,
    });
  });
});
