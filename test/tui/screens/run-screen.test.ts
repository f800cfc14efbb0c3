import { beforeAll, describe, expect, it } from 'vitest';
import type { RunScreenProps } from '../../../tui/screens/run-screen.tsx';
import { mlflowTrack, tinyPlan } from '../../helpers/tiny-plan.ts';
import { finishedRun, sampleRun } from '../sample-run.ts';
import { frame } from './frame.ts';

beforeAll(() => {
  // Frames show the time of day.
  process.env.TZ = 'UTC';
});

describe('the live screen', () => {
  it.each([
    [40, 40, 'unicode'],
    [80, 24, 'unicode'],
    [120, 36, 'unicode'],
    [40, 40, 'ascii'],
    [80, 24, 'ascii'],
    [120, 36, 'ascii'],
  ] as const)('at %i columns and %i rows in %s', async (columns, rows, signs) => {
    const text = frame(sampleRun(), { columns, rows }, { look: { color: false, unicode: signs === 'unicode' } });
    await expect(text).toMatchFileSnapshot(`golden/run-${columns}x${rows}-${signs}.txt`);
  });

  it('is ASCII throughout where the terminal has no more, and free of escapes without colour', () => {
    expect(frame(sampleRun(), { columns: 100, rows: 40 }, { look: { color: false, unicode: false } })).toMatch(
      /^[\n -~]+$/,
    );
  });

  it('keeps within the terminal at every size and in every view', () => {
    const events = sampleRun();
    for (const columns of [40, 57, 72, 100, 161, 300])
      for (const rows of [2, 3, 5, 8, 13, 24, 60])
        for (const view of ['overview', 'log', 'help'] as const) {
          const lines = frame(events, { columns, rows }, { view }).split('\n');
          expect(lines.length, `${columns}×${rows} ${view}`).toBeLessThanOrEqual(rows - 1);
          expect(Math.max(...lines.map((line) => Array.from(line).length))).toBeLessThanOrEqual(columns);
        }
  });

  it('begins before anything is known', () => {
    const text = frame([], { columns: 80, rows: 24 });
    expect(text).toContain('starting');
    expect(text).not.toMatch(/NaN|undefined|null/);
  });

  it('says when the trainer is silent for long', () => {
    const events = sampleRun();
    const last = events.at(-1)?.time ?? 0;
    expect(frame(events, { columns: 80, rows: 24 }, { now: last + 90_000 })).toContain(
      'no word from the trainer for 1 min 30 s',
    );
  });

  it('says that a stop is on its way, and how the run ended', () => {
    expect(frame(sampleRun(), { columns: 80, rows: 24 }, { stopping: true })).toContain('stopping after this step');
    expect(frame(finishedRun(), { columns: 80, rows: 24 })).toContain('● completed');
    expect(frame(finishedRun({ status: 'failed' }), { columns: 80, rows: 24 })).toContain('● failed');
  });

  it('tells who is told, and how far a tracking server is behind', () => {
    const plan = tinyPlan({ track: mlflowTrack('organ') });
    const events = sampleRun();
    const now = events.at(-1)?.time ?? 0;
    const told = {
      url: 'http://mlflow',
      delivered: 3,
      queued: 0,
      downSince: null,
      problem: null,
      refused: [],
      notice: null,
    };
    const show = (tracking: RunScreenProps['tracking'], of: RunScreenProps['plan'] = plan) =>
      frame(events, { columns: 100, rows: 30 }, { tracking, plan: of }).match(/^tracking .*$/m)?.[0] ?? null;
    expect(show(told)).toBe('tracking  MLflow is up to date · http://mlflow');
    expect(show({ ...told, queued: 12 })).toBe('tracking  MLflow, 12 to send · http://mlflow');
    expect(show({ ...told, queued: 12, downSince: now - 60_000 })).toBe(
      'tracking  MLflow does not answer for 1 min 00 s; 12 items kept',
    );
    expect(show({ ...told, url: null })).toContain('set MLFLOW_TRACKING_URI');
    expect(show(null, tinyPlan({ track: null }))).toBeNull();
  });
});
