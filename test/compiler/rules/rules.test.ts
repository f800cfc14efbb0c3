import { describe, expect, it } from 'vitest';
import { codesOf, SMALL, smallWith } from '../example.ts';

const withModel = (model: string, patch: string) =>
  SMALL.replace('model SegResNet { init_filters: 8 }', `model ${model}`).replace('32x32x32', patch);

describe('a patch fits its network', () => {
  it.each([
    ['SegResNet { }', '64x64x64', []],
    ['SegResNet { }', '8x16x24', []],
    ['SegResNet { }', '12x16x16', ['EXP3012']],
    ['SegResNet { blocks_down: [1, 2]  blocks_up: [1] }', '10x12x14', []],
    ['SegResNet { blocks_down: [1, 2]  blocks_up: [1] }', '11x12x14', ['EXP3012']],
    ['SwinUNETR { }', '64x96x32', []],
    ['SwinUNETR { }', '48x96x96', ['EXP3012']],
    ['SwinUNETR { }', '32x32x32', ['EXP3015']],
    ['SwinUNETR { feature_size: 36 }', '64x64x64', []],
    ['SwinUNETR { feature_size: 30 }', '64x64x64', ['EXP3011']],
    ['SegResNet { init_filters: 4  norm_groups: 4 }', '16x16x16', []],
    ['SegResNet { init_filters: 4 }', '16x16x16', ['EXP3013']],
    ['SegResNet { blocks_up: [1, 1] }', '16x16x16', ['EXP3014']],
  ])('model %s on %s', (model, patch, codes) => {
    expect(codesOf(withModel(model, patch))).toEqual(codes);
  });
});

describe('splits', () => {
  it.each([
    ['70% / 15% / 15%', []],
    ['66.7% / 16.6% / 16.7%', []],
    ['80% / 20%', []],
    ['80% / 10% / 20%', ['EXP3001']],
    ['0% / 50% / 50%', ['EXP3002']],
    ['90% / 0% / 10%', ['EXP3002']],
  ])('%s', (split, codes) => {
    expect(codesOf(SMALL.replace('foreground: [1]', `foreground: [1]\n    split: ${split}`))).toEqual(codes);
  });
});

describe('metrics are measured before they are watched or expected', () => {
  it.each([
    ['expect val.dice >= 0.8', []],
    ['expect test.dice >= 0.8', []],
    ['expect train.loss < 0.5', []],
    ['expect val.hausdorff95 < 5', ['EXP3024']],
    ['metrics: [dice, hausdorff95]\n  expect val.hausdorff95 < 5', []],
    ['metrics: [hausdorff95]\n  expect val.dice > 0.5', ['EXP3024']],
    ['expect dice >= 0.8', ['EXP3024']],
    ['expect val.dice >= 80', ['EXP3025']],
  ])('%s', (settings, codes) => {
    expect(codesOf(smallWith(settings))).toEqual(codes);
  });
});

describe('what the registry would refuse', () => {
  it.each([
    ['register: "organ-segmenter", alias: "champion"', []],
    ['register: "Organ segmenter"', []],
    ['alias: "champion"', ['EXP3061']],
    ['register: "team/organ"', ['EXP2201']],
    ['register: "organ", alias: "latest"', ['EXP2201']],
    ['register: "organ", alias: "v3"', ['EXP2201']],
    ['register: "organ", alias: "the best"', ['EXP2201']],
  ])('mlflow(%s)', (settings, codes) => {
    expect(codesOf(smallWith(`track: mlflow(${settings})`))).toEqual(codes);
  });
});

describe('one mistake is one diagnostic', () => {
  it.each([
    ['an unknown model silences what depends on it', withModel('SwinUNTR { }', '33x33x33'), ['EXP2102']],
    ['a broken patch is not compared with the model', SMALL.replace('32x32x32', '"large"'), ['EXP2201']],
    ['a misspelt name is not missed under its right name', SMALL.replace('patch:', 'pach:'), ['EXP2101']],
    [
      'a misspelt `metrics` is not the reason for a metric to be missing',
      smallWith('metric: [hausdorff95]\n  expect val.hausdorff95 < 5'),
      ['EXP2101'],
    ],
    [
      'a line that cannot be read may have held what seems to be missing',
      SMALL.replace('patch: 32x32x32', 'patch: !'),
      ['EXP1001'],
    ],
  ])('%s', (_, text, codes) => {
    expect(codesOf(text).slice(0, codes.length)).toEqual(codes);
    expect(codesOf(text)).toHaveLength(codes.length);
  });

  it('and independent ones are reported together', () => {
    const text = SMALL.replace('32x32x32', '30x32x32').replace('epochs: 10', 'epochs: 0').replace('"T1w"', 'T1w');
    expect(codesOf(text)).toEqual(['EXP2201', 'EXP3012', 'EXP2203']);
  });
});
