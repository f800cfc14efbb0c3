import { beforeAll, describe, expect, it } from 'vitest';
import { stateOfRun } from '../../../runtime/events/accumulate.ts';
import { reduceRun } from '../../../runtime/events/reduce.ts';
import { initialRunState } from '../../../runtime/events/run-state.ts';
import type { RunEvent } from '../../../runtime/events/schema.ts';
import { noteOf, plainLine } from '../../../tui/output/plain.ts';
import { formatSummary } from '../../../tui/output/summary.ts';
import { finishedRun, STARTED_AT, sampleRun } from '../sample-run.ts';

beforeAll(() => {
  process.env.TZ = 'UTC';
});

function lines(events: readonly RunEvent[]): readonly string[] {
  let state = initialRunState();
  return events.flatMap((event) => {
    state = reduceRun(state, event);
    const note = noteOf(event, state);
    return note === null ? [] : [plainLine(note)];
  });
}

describe('plain lines', () => {
  it('tell what matters, one line an event, and nothing of single steps', () => {
    expect(lines(sampleRun(2)).map((line) => line.slice('12:00:00  '.length))).toEqual([
      'run 20261124-1200-organ-3f2a: organ · lab',
      'engine TensorFlow on the CPU 2.21.0, 2 threads',
      'data Hippocampus: 3 train, 1 validation, 1 test; 8 steps an epoch',
      'model SegResNet, 4,700,914 parameters',
      'epoch 1/20: train.loss 1.6255, 4.0 s, 0.50 s a step',
      'epoch 2/20: train.loss 1.3386, 4.0 s, 0.50 s a step',
      'validation after epoch 2: val.dice 0.4379, best so far, 2.0 s',
      'checkpoint checkpoints/best (best, step 16)',
    ]);
  });

  it('name what counts for all classes first, and of predictions nothing else', () => {
    const at = { sequence: 99, time: STARTED_AT };
    const metrics = { 'dice.1': 0.8, 'dice.2': 0.6, dice: 0.7 };
    const measured = Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`val.${name}`, value]));
    const after: RunEvent[] = [
      {
        ...at,
        type: 'validation_finished',
        epoch: 2,
        step: 16,
        metrics: measured,
        best: false,
        seconds: 2,
        asked: false,
      },
      { ...at, type: 'prediction', subject: 'sub-001', path: 'predictions/a.nii.gz', overview: null, metrics },
    ];
    expect(lines([...sampleRun(2), ...after]).slice(-2)).toEqual([
      '12:00:00  validation after epoch 2: val.dice 0.7000, val.dice hippocampus 0.8000, val.dice.2 0.6000, 2.0 s',
      '12:00:00  prediction predictions/a.nii.gz: dice 0.7000',
    ]);
  });

  it('tell of a checkpoint between epochs, and mark warnings', () => {
    const at = { sequence: 99, time: STARTED_AT };
    const before = sampleRun(2);
    const after: RunEvent[] = [
      { ...at, type: 'checkpoint', kind: 'last', epoch: 3, step: 19, path: 'checkpoints/last', weightsHash: '' },
      { ...at, type: 'log', level: 'warning', message: 'two\nlines' },
    ];
    expect(lines([...before, ...after]).slice(-2)).toEqual([
      '12:00:00  checkpoint checkpoints/last (last, step 19)',
      '12:00:00  warning: two lines',
    ]);
  });
});

describe('the summary', () => {
  const options = { cwd: '/work', runDir: '/work/runs/20261124-1200-organ-3f2a', tracking: null };
  const terminal = { interactive: false, color: false, unicode: true };

  it('of a run that went well', () => {
    expect(formatSummary(stateOfRun(finishedRun()), { ...options, terminal })).toBe(
      [
        'completed  organ · lab  20 epochs, 160 steps, 2 min 05 s',
        '  best        val.dice 0.8375 in epoch 8',
        '  train.loss  0.4100',
        '  test.dice   0.8100 (1 case)',
        '  expect      ✓ val.dice >= 0.8 holds: it is 0.8375',
        '  checkpoint  runs/20261124-1200-organ-3f2a/checkpoints/best',
        '  run folder  runs/20261124-1200-organ-3f2a',
        '',
      ].join('\n'),
    );
  });

  it('of one that can go on says how', () => {
    const text = formatSummary(stateOfRun(finishedRun({ status: 'stopped' })), { ...options, terminal });
    expect(text).toContain('exp resume 20261124-1200-organ-3f2a');
  });

  it('of one that ended within an epoch counts whole ones', () => {
    const killed = stateOfRun([...finishedRun({ status: 'killed' })]);
    const text = formatSummary({ ...killed, epoch: 8, step: 8 * 8 - 3 }, { ...options, terminal });
    expect(text).toMatch(/^killed {2}organ · lab {2}7 epochs, 61 steps, /);
  });

  it('of one that failed says why, to whoever asks later', () => {
    const error = { code: 'EXP4502', message: 'the memory is used up', help: 'a smaller patch', location: null };
    const failed = stateOfRun(finishedRun({ status: 'failed', error }));
    const shown = formatSummary(failed, { ...options, terminal, why: true });
    expect(shown).toMatch(/error +EXP4502: the memory is used up\n +a smaller patch/);
    expect(formatSummary(failed, { ...options, terminal })).not.toContain('EXP4502');
  });

  it('is ASCII where the terminal has no more', () => {
    const text = formatSummary(stateOfRun(finishedRun()), { ...options, terminal: { ...terminal, unicode: false } });
    expect(text).toMatch(/^[\n -~]+$/);
  });
});
