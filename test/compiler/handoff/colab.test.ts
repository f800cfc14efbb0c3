import { describe, expect, it } from 'vitest';
import { readme } from '../../../compiler/handoff/readme.ts';
import { colab } from '../../../compiler/handoff/targets/colab.ts';
import { handoffJob } from './job.ts';

const text = (inputs: readonly string[]) => {
  const job = handoffJob({ inputs });
  return readme(job, colab, colab.commands(job));
};

describe('the README of a hand-off to Colab', () => {
  it.each([
    [['data/hippo'], '`data/data/hippo`'],
    [['../images', 'weights.pt'], '`data/images`, `data/study/weights.pt`'],
  ])('says of %j where the notebook looks for it', (inputs, places) => {
    expect(text(inputs)).toContain(`beside the notebook, which looks for ${places}.`);
  });

  it('gives no remark for a command', () => {
    expect(text(['data/hippo'])).toContain('`exp submit status FOLDER`, or the output of the notebook.');
    expect(text(['data/hippo'])).not.toContain('`#');
  });
});
