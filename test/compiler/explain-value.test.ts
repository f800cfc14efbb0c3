import { describe, expect, it } from 'vitest';
import { explainValue, type ValueExplanation } from '../../compiler/explain-value.ts';
import { describeOrigin } from '../../compiler/plan/plan-values.ts';
import { smallWith } from './example.ts';

const TEXT = smallWith(`optimizer: adamw(learning_rate: 2e-4)
  profile gpu on workstation.rtx-3060 {
    batch_size: 1..2
    optimizer: adamw(learning_rate: 3e-4)
  }
  profile plain on local { }`);

function explain(
  path: string,
  { profile = null, set = [], text = TEXT }: { profile?: string | null; set?: readonly string[]; text?: string } = {},
): ValueExplanation | null {
  return explainValue({ path: 'a.exp', text }, { profile, set, environment: () => undefined }, path);
}

function layersOf(explained: ValueExplanation | null): readonly (readonly [string, string | null])[] {
  if (explained?.kind !== 'value') throw new Error('that is no value');
  return explained.layers.map(({ origin, text }) => [describeOrigin(origin), text]);
}

describe('a value is followed from layer to layer', () => {
  it('default, file, profile, and each --set', () => {
    const set = ['optimizer.learning_rate=4e-4', 'optimizer.learning_rate=5e-4'];
    const explained = explain('optimizer.learning_rate', { profile: 'gpu', set });
    expect(explained).toMatchObject({ path: 'optimizer.learning_rate', text: '0.0005' });
    expect(layersOf(explained).slice(1)).toEqual([
      ['a.exp:10', '2e-4'],
      ['a.exp:13 (gpu)', '3e-4'],
      ['--set optimizer.learning_rate=4e-4', '4e-4'],
      ['--set optimizer.learning_rate=5e-4', '5e-4'],
    ]);
    expect(layersOf(explained)[0]?.[0]).toMatch(/^default: /);
  });

  it('a profile that does not touch it adds no layer', () => {
    const origins = layersOf(explain('optimizer.learning_rate', { profile: 'plain' })).map(([origin]) => origin);
    expect(origins.slice(1)).toEqual(['a.exp:10']);
  });

  it('the planner comes last, with its reason', () => {
    const layers = layersOf(explain('batch_size', { profile: 'gpu' }));
    expect(layers.map(([, text]) => text)).toEqual(['1', '1..2', null]);
    expect(layers.at(-1)?.[0]).toMatch(/^planner: the largest of 1\.\.2 that fits/);
  });

  it('base experiments come before the one that extends them', () => {
    const text = `${TEXT}experiment b extends small {\n  patch: 64x64x64\n}\n`;
    expect(layersOf(explain('patch', { text }))).toEqual([
      ['a.exp:8', '32x32x32'],
      ['a.exp:18', '64x64x64'],
    ]);
  });

  it('what follows from another value says from which', () => {
    expect(layersOf(explain('model.out_channels'))).toEqual([['default: background and the merged foreground', null]]);
  });
});

describe('paths', () => {
  it.each([
    ['as the file names them', 'schedule.validate', 'schedule.validate_every_epochs'],
    ['as the plan names them', 'schedule.validate_every_epochs', 'schedule.validate_every_epochs'],
    ['of arguments', 'dataset.root', 'dataset.source.root'],
    ['of what the variant at hand has', 'model.init_filters', 'model.init_filters'],
  ])('%s: %s', (_, asked, path) => {
    expect(explain(asked)).toMatchObject({ kind: 'value', path });
  });

  it('of a block list its values', () => {
    const explained = explain('schedule');
    expect(explained?.kind === 'block' && explained.values.map(({ path }) => path)).toContain('schedule.epochs');
  });

  it.each([
    ['learnign_rate', 'optimizer.learning_rate'],
    ['optimizer.lerning_rate', 'optimizer.learning_rate'],
    ['schedule.epoch', 'schedule.epochs'],
  ])('%s is unknown, and %s is near', (asked, near) => {
    const explained = explain(asked);
    expect(explained?.kind === 'unknown' && explained.nearest).toContain(near);
  });

  it('of a file without a plan are not explained', () => {
    expect(explain('patch', { text: TEXT.replace('32x32x32', '30x32x32') })).toBeNull();
  });
});
