import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '../../compiler/check.ts';
import { fixAll } from '../../compiler/fix.ts';
import { SMALL, smallWith } from './example.ts';

function fixed(text: string): string {
  return fixAll({ path: 'test.exp', text }).text;
}

describe('fixing a file', () => {
  it('leaves a good file alone', () => {
    expect(fixAll({ path: 'test.exp', text: SMALL })).toEqual({ text: SMALL, applied: [], remaining: [] });
  });

  it.each([
    ['names of settings', SMALL.replace('patch', 'ptach')],
    ['names in blocks', SMALL.replace('epochs', 'epohcs')],
    ['variants', SMALL.replace('SegResNet', 'SegResnet')],
    ['equals signs', SMALL.replace('patch:', 'patch =')],
    ['commas between settings', SMALL.replace('32x32x32', '32x32x32,')],
    ['quotes', SMALL.replace('"T1w"', "'T1w'")],
    [
      'several of them, some seen only when others are mended',
      SMALL.replace('patch:', 'ptach =').replace('"T1w"', "'T1w'"),
    ],
  ])('mends %s', (_, text) => {
    expect(check({ path: 'test.exp', text })).not.toEqual([]);
    expect(fixed(text)).toBe(SMALL);
  });

  it.each([
    ['words of settings', smallWith('cache: memroy'), 'cache: memory'],
    ['arguments', smallWith('optimizer: adamw(learning_rat: 1e-4)'), 'adamw(learning_rate: 1e-4)'],
    ['metrics in a list', smallWith('metrics: [dcie]'), '[dice]'],
    ['arguments of metrics', smallWith('metrics: [surface_dice(tolerence: 2mm)]'), '(tolerance: 2mm)'],
    ['metrics that are watched', SMALL.replace('10 }', '10  keep_best: val.dcie }'), 'keep_best: val.dice'],
    ['metrics of a phrase', SMALL.replace('10 }', '10  early_stop: patience 5 epochs on val.dcie }'), 'on val.dice'],
    ['expected metrics', smallWith('expect val.dcie >= 0.8'), 'expect val.dice >= 0.8'],
    ['expectations without %', smallWith('expect val.dice >= 80'), 'expect val.dice >= 80%'],
    ['environments', smallWith('profile p on aws.g4dn.xlarg { workers: 1 }'), 'on aws.g4dn.xlarge'],
    ['experiments to extend', `${SMALL}experiment b extends smal { seed: 1 }`, 'extends small'],
    [
      'parameters',
      `param rate: number = 1e-4\n${smallWith('optimizer: adamw(learning_rate: rtae)')}`,
      'learning_rate: rate',
    ],
    [
      'blocks by their name',
      `schedule short { epochs: 9 }\n${SMALL.replace('schedule { epochs: 10 }', 'schedule shrot')}`,
      'schedule short\n',
    ],
  ])('writes what was meant by %s', (_, text, expected) => {
    const { text: after, remaining } = fixAll({ path: 'test.exp', text });
    expect(after).toContain(expected);
    expect(remaining.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it.each([
    ['losses', smallWith('loss: DiceCE(include_background: false)'), 'loss: dice_cross_entropy(include'],
    ['losses by their class', smallWith('loss: DiceFocalLoss()'), 'loss: dice_focal('],
    ['step sizes', smallWith('optimizer: AdamW(lr: 1e-3)'), 'optimizer: adamw(learning_rate: 1e-3)'],
    ['batches', smallWith('batch: 2'), 'batch_size: 2'],
    ['epochs', SMALL.replace('epochs', 'max_epochs'), 'schedule { epochs: 10 }'],
    ['transforms', smallWith('augment { RandFlipd(prob: 50%) }'), 'flip(probability: 50%)'],
    ['metrics', smallWith('metrics: [HD95]'), 'metrics: [hausdorff95]'],
  ])('knows what others call %s', (_, text, expected) => {
    const { text: after, remaining } = fixAll({ path: 'test.exp', text });
    expect(after).toContain(expected);
    expect(remaining.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it.each([
    ['what is only alike', smallWith('loss: CrossEntropyLoss()'), 'did you mean `dice_cross_entropy`?'],
    ['a name that goes on after a known one', smallWith('loss: dice_x()'), 'did you mean `dice`?'],
    ['what belongs elsewhere', smallWith('num_epochs: 3'), '`epochs` belongs in `schedule`'],
    ['dotted names', smallWith('profile p on local { schedule.epochs: 3 }'), 'write `schedule { epochs: 3 }`'],
    [
      'dotted arguments',
      smallWith('profile p on local {\n optimizer.learning_rate: 1e-3 // slow\n }'),
      'write `optimizer: adamw(learning_rate: 1e-3)`',
    ],
    [
      'the environment of a profile',
      smallWith('profile p on local { environment: slurm.a100 }'),
      'write `profile NAME on slurm.a100 { … }`',
    ],
  ])('suggests, and leaves to the author, %s', (_, text, help) => {
    const { text: after, remaining } = fixAll({ path: 'test.exp', text });
    expect(after).toBe(text);
    expect(remaining.map((each) => each.help)).toContain(help);
  });

  it('says what it did, and what is left', () => {
    const { applied, remaining } = fixAll({
      path: 'test.exp',
      text: SMALL.replace('patch', 'ptach').replace('10 }', '-1 }'),
    });
    expect(applied.map(({ title, diagnostic }) => [title, diagnostic.code])).toEqual([['write `patch`', 'EXP2101']]);
    expect(remaining.map(({ code }) => code)).toEqual(['EXP2203']);
  });

  it('leaves imported files to themselves', () => {
    const shared = 'model tiny SegResnet {}\n';
    const text = `import "shared.exp"\n${SMALL.replace('SegResNet { init_filters: 8 }', 'tiny')}`;
    const { text: after, remaining } = fixAll({ path: 'test.exp', text }, { readFile: () => shared });
    expect(after).toBe(text);
    expect(remaining.map(({ fix }) => fix?.span.file.path)).toEqual(['shared.exp']);
  });

  it('ends for any text, and finds nothing more to do when it has ended', () => {
    const letters = fc.integer({ min: 0, max: SMALL.length - 1 });
    fc.assert(
      fc.property(letters, fc.integer({ min: 0, max: 6 }), fc.string({ maxLength: 4 }), (at, length, inserted) => {
        const once = fixed(SMALL.slice(0, at) + inserted + SMALL.slice(at + length));
        expect(fixed(once)).toBe(once);
      }),
      { numRuns: 100, seed: 3 },
    );
  });
});
