import { describe, expect, it } from 'vitest';
import { hoverAt } from '../../../compiler/language-server/hover.ts';
import { SMALL, smallWith } from '../example.ts';
import { marked } from './marked.ts';

function hover(text: string): string {
  const { document, offset } = marked(text);
  return hoverAt(document, offset)?.text ?? '';
}

describe('hover', () => {
  it('tells type, range, default and its reason, and an example', () => {
    const text = hover(smallWith('ba‸tch_size: 2'));
    expect(text).toContain('`batch_size`: a whole number or a range, at least 1 and at most 1024');
    expect(text).toContain('Default: `1` (one patch a step).');
    expect(text).toContain('Example: `batch_size: 2..4`');
  });

  it('tells the unit', () => {
    expect(hover(smallWith('inference: sliding_window(over‸lap: 50%)'))).toContain(
      'a percentage, in %, at least 0% and below 100%',
    );
  });

  it('shows the value under each profile, with its origin', () => {
    const text = hover(SMALL.replace('epochs', 'epo‸chs'));
    expect(text).toContain('| *as it stands* | `10` | line 9 |');
    expect(text).toContain('| `mac-test` | `2` | from the profile that every file has |');
  });

  it('shows defaults, and what a profile of the file says, in the file’s own words', () => {
    const text = hover(
      `${smallWith('inference: sliding_window(ov‸erlap: 50%)\n  profile fast on local { inference: sliding_window(overlap: 10%) }')}`,
    );
    expect(text).toContain('| *as it stands* | `50%` | line 10 |');
    expect(text).toContain('| `fast` | `10%` | line 11 |');
  });

  it('shows what the planner takes of a range, and why', () => {
    const text = hover(smallWith('batch‸_size: 2..4\n  profile gpu on aws.g4dn.xlarge { }'));
    expect(text).toMatch(/\| `gpu` \| `4` \| .*fits/);
  });

  it('shows the field of a value under the pointer', () => {
    expect(hover(SMALL.replace('32x32x32', '32x‸32x32'))).toContain('`patch`: a size in voxels');
  });

  it.each([
    ['variants', smallWith('optimizer: ad‸amw(learning_rate: 1e-4)'), 'decoupled weight decay'],
    ['variants of blocks', SMALL.replace('SegResNet', 'Seg‸ResNet'), 'Residual encoder-decoder'],
    ['calls of a list', smallWith('augment { fl‸ip(probability: 50%) }'), 'Mirrors the patch'],
    ['metrics', smallWith('expect val.d‸ice >= 0.8'), 'Larger is better'],
    ['metrics with arguments', smallWith('metrics: [surface‸_dice(tolerance: 2mm)]'), 'tolerance'],
    ['environments', smallWith('profile p on aws.g4‸dn.xlarge { workers: 1 }'), '- gpu: `T4'],
    ['parameters', `param rate: number = 1e-4\n${smallWith('optimizer: adamw(learning_rate: ra‸te)')}`, '`1e-4`'],
    ['settings after others in their line', smallWith('seed: 1  ba‸tch_size: 2'), 'Patches a step'],
    ['statements', '‸experiment a {}', 'What is trained'],
    [
      'how a sweep stops runs early',
      smallWith('sweep { seed: [1, 2]  st‸op: halving(after: 1 epoch) }'),
      'Which runs stop',
    ],
    ['what halving is', smallWith('sweep { seed: [1, 2]  stop: hal‸ving(after: 1 epoch) }'), 'successive halving'],
    ['axes of a sweep', smallWith('sweep { optimizer.learn‸ing_rate: [1e-4] }'), 'Step size'],
  ])('explains %s', (_, text, expected) => {
    expect(hover(text)).toContain(expected);
  });

  it('says nothing of comments, strings and blanks', () => {
    expect(hover(smallWith('// pat‸ch'))).toBe('');
    expect(hover(smallWith('description: "a pat‸ch"'))).toBe('');
    expect(hover('‸\n')).toBe('');
  });
});
