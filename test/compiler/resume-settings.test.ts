import { describe, expect, it } from 'vitest';
import { readResumeSettings } from '../../compiler/resume-settings.ts';

describe('--set of a run that is resumed', () => {
  it('takes a budget', () => {
    expect(readResumeSettings(['budget=$5'])).toEqual([{ usd: 5, hours: null }, []]);
  });

  it.each([
    ['schedule.epochs=6', '--accept schedule.epochs'],
    ['schedule.validate=every 2 epochs', '--accept schedule.validate_every_epochs'],
  ])('refuses %s, and says how the run goes on with it', (set, accept) => {
    const [budget, [diagnostic]] = readResumeSettings([set]);
    expect(budget).toBeNull();
    expect(diagnostic).toMatchObject({ code: 'EXP2301', help: expect.stringContaining(accept) });
  });
});
