import { beforeAll, describe, expect, it } from 'vitest';
import { formatClock } from '../../../tui/format/quantities.ts';
import { VIEW_NAMES } from '../../../tui/keys.ts';
import type { Look } from '../../../tui/screens/paint.ts';
import { mlflowTrack, tinyPlanFile } from '../../helpers/tiny-plan.ts';
import { finishedRun, sampleRun } from '../sample-run.ts';
import { ASCII, drawn, type FrameOptions, frame, PLAIN } from './frame.ts';
import { sampleMatrix } from './sample-matrix.ts';
import { samplePreview, shelf } from './sample-previews.ts';

beforeAll(() => {
  // Frames show the time of day.
  process.env.TZ = 'UTC';
});

const environment = { ...tinyPlanFile().plan.environment, name: 'cloud-gpu', pricePerHourUsd: 2.5 };
const planFile = tinyPlanFile({ environment, track: mlflowTrack('organ'), profile: 'lab' });
const TRACKED = {
  url: 'http://mlflow',
  delivered: 1234,
  queued: 12,
  downSince: null,
  problem: null,
  refused: [],
  notice: null,
};
const FULL = {
  planFile,
  budget: { usd: 5, hours: null },
  tracking: TRACKED,
  previews: shelf(samplePreview('sub-04'), samplePreview('sub-07')),
  matrix: sampleMatrix(),
} satisfies Partial<FrameOptions>;

const SIZES = [
  [40, 40],
  [80, 24],
  [120, 36],
  [200, 50],
] as const;

describe.each(VIEW_NAMES)('the %s', (view) => {
  it.each(SIZES)('at %i columns and %i rows', async (columns, rows) => {
    const text = frame(sampleRun(), { ...FULL, view, columns, rows });
    await expect(`${text}\n`).toMatchFileSnapshot(`golden/${view}-${columns}x${rows}.txt`);
  });

  it('in ASCII', async () => {
    const text = frame(sampleRun(), { ...FULL, view, columns: 80, rows: 30, look: ASCII });
    expect(text).toMatch(/^[\n -~]+$/);
    await expect(`${text}\n`).toMatchFileSnapshot(`golden/${view}-80x30-ascii.txt`);
  });

  it('in colour', async () => {
    const look: Look = { color: true, unicode: true, depth: 'palette', graphics: null };
    const text = frame(sampleRun(), { ...FULL, view, columns: 80, rows: 24, look });
    // Escapes as a person can compare them.
    const readable = text.replaceAll('\u001b', '␛');
    await expect(`${readable}\n`).toMatchFileSnapshot(`golden/${view}-80x24-256.txt`);
  });

  it('keeps within the terminal at every size', () => {
    for (const columns of [40, 57, 72, 100, 161, 300])
      for (const rows of [2, 3, 5, 8, 13, 24, 60]) {
        const lines = frame(sampleRun(), { ...FULL, view, columns, rows }).split('\n');
        expect(lines.length, `${columns}×${rows}`).toBeLessThanOrEqual(rows - 1);
        expect(Math.max(...lines.map((line) => Array.from(line).length))).toBeLessThanOrEqual(columns);
      }
  });

  it('begins before anything is known', () => {
    expect(frame([], { columns: 80, rows: 24, view })).not.toMatch(/NaN|undefined|null|Infinity/);
  });
});

/** What a page looks like when something is not as usual. */
const SITUATIONS: Readonly<Record<string, Partial<FrameOptions>>> = {
  watched: { mode: 'watch' },
  'tracker-down': { tracking: { ...TRACKED, queued: 345, downSince: (sampleRun().at(-1)?.time ?? 0) - 125_000 } },
  'over-budget': { budget: { usd: 0.05, hours: null } },
  silent: { now: (sampleRun().at(-1)?.time ?? 0) + 90_000 },
  notice: { notice: 'the trainer writes a checkpoint when it has finished its step' },
  'watched-sweep': { mode: 'watch', view: 'sweep' },
};

describe.each(Object.entries(SITUATIONS))('the screen, %s', (name, options) => {
  it.each(SIZES)('at %i columns and %i rows', async (columns, rows) => {
    const text = frame(sampleRun(), { ...FULL, ...options, columns, rows });
    await expect(`${text}\n`).toMatchFileSnapshot(`golden/${name}-${columns}x${rows}.txt`);
  });
});

describe.each(['completed', 'failed', 'stopped'] as const)('the screen of a run that is %s', (status) => {
  it.each(SIZES)('at %i columns and %i rows', async (columns, rows) => {
    const text = frame(finishedRun({ status }), { ...FULL, columns, rows });
    await expect(`${text}\n`).toMatchFileSnapshot(`golden/${status}-${columns}x${rows}.txt`);
  });
});

describe('slices in a terminal that shows pictures', () => {
  const cell = { width: 9, height: 19 };
  const look: Look = { color: true, unicode: true, depth: 'true', graphics: { protocol: 'sixel', cell } };
  const options = { ...FULL, view: 'slices', look } as const;

  it.each([...SIZES, [300, 80]] as const)(
    'stand on empty characters of their own at %i columns and %i rows',
    (columns, rows) => {
      const { lines, pictures } = drawn(sampleRun(), { ...options, columns, rows });
      expect(pictures).toHaveLength(columns < 72 ? 1 : 3);
      let right = 0;
      for (const { row, column, rows: height, raster } of pictures) {
        const width = Math.ceil(raster.width / cell.width);
        expect(column).toBeGreaterThanOrEqual(right);
        right = column + width;
        expect([right <= columns, row + height < lines.length]).toEqual([true, true]);
        expect(raster.height).toBeLessThanOrEqual(height * cell.height);
        for (const line of lines.slice(row, row + height)) {
          const text = line.map((part) => part.text).join('');
          expect(text.slice(column, right).trim()).toBe('');
        }
      }
    },
  );

  it('are the same ones in the next frame, so that nothing is sent again', () => {
    const previews = shelf(samplePreview('sub-04'));
    const [first, next] = [1, 2].map(() => drawn(sampleRun(), { ...options, previews, columns: 120, rows: 36 }));
    expect(first?.pictures).toHaveLength(3);
    for (const [index, { raster }] of (next?.pictures ?? []).entries())
      expect(raster).toBe(first?.pictures[index]?.raster);
  });
});

describe('the overview', () => {
  const size = { columns: 100, rows: 34 };
  const line = (text: string, label: string) => text.split('\n').find((each) => each.startsWith(label)) ?? null;

  it('says of a run that has ended what its test gave, what did not hold, and why it failed', () => {
    const result = (end: Parameters<typeof finishedRun>[0]) =>
      line(frame(finishedRun(end), { ...FULL, ...size }), 'result');
    expect(result({})).toBe('result    test.dice 0.8100 (1 case)');
    const expectations = [{ text: 'val.dice >= 0.9', value: 0.8375, held: false }];
    expect(result({ expectations })).toBe('result    val.dice >= 0.9 does not hold · test.dice 0.8100 (1 case)');
    const error = { code: 'EXP4502', message: 'the memory is used up', help: null, location: null };
    expect(result({ status: 'failed', error })).toBe('result    the memory is used up');
    expect(frame(sampleRun(), { ...FULL, ...size })).not.toContain('\nresult');
  });

  it.each([40, 60, 80, 120])('says at %i columns that the budget will not do', (columns) => {
    const text = frame(sampleRun(), { ...FULL, budget: { usd: 0.05, hours: null }, columns, rows: 40 });
    expect(line(text, 'cost')).toMatch(/(more than the budget|too much|will be over)/);
  });

  it('says when the trainer is silent for long', () => {
    const now = (sampleRun().at(-1)?.time ?? 0) + 90_000;
    expect(frame(sampleRun(), { ...size, now })).toContain('no word from the trainer for 1 min 30 s');
  });

  it('says what was asked for, that it is paused, and how the run ended', () => {
    const events = sampleRun();
    const last = events.at(-1);
    const at = { sequence: events.length, time: last?.time ?? 0 };
    expect(frame(events, { ...size, notice: 'the trainer writes a checkpoint' })).toContain('writes a checkpoint');
    expect(frame([...events, { ...at, type: 'paused', step: 80 }], size)).toContain('● paused');
    expect(frame(finishedRun(), size)).toContain('● completed');
    expect(frame(finishedRun({ status: 'failed' }), size)).toContain('● failed');
  });

  it('says on every page how to stop, and on the page of keys that there is more below', () => {
    for (const view of VIEW_NAMES) {
      if (view === 'help') continue;
      expect(frame(sampleRun(), { ...FULL, view, columns: 60, rows: 24 }), view).toMatch(/q stop +\? help/);
    }
    const keys = (rows: number, scrolled: number) =>
      frame(sampleRun(), {
        ...FULL,
        view: 'help',
        columns: 100,
        rows,
        ui: (state) => ({ ...state, scroll: { ...state.scroll, help: scrolled } }),
      });
    expect(keys(40, 0)).toMatch(/↓ \d+ more lines/);
    expect(keys(40, 1000)).toContain('↑ the end');
    expect(keys(200, 0)).not.toContain('more lines');
  });

  it('counts the time at work, not the time away before a run was resumed', () => {
    const before = finishedRun({ status: 'stopped', seconds: 125 });
    const last = before.at(-1);
    const away = 3_600_000;
    const [start] = sampleRun();
    if (last === undefined || start === undefined) throw new Error('a sample run has events');
    const resumed = { ...start, sequence: before.length, time: last.time + away };
    const shown = (now: number) => frame([...before, resumed], { ...size, now });
    const worked = (last.time - start.time) / 1000;
    expect(shown(resumed.time + 5_000)).toContain(formatClock(worked + 5));
  });

  it('holds memory against the band of the plan: within it there is nothing to warn of', () => {
    const shown = (expected: number, high: number) =>
      drawn(sampleRun(), { ...size, planFile, memory: { expected: expected * 1024 ** 3, high: high * 1024 ** 3 } })
        .lines.flat()
        .find(({ text }) => text.includes('planned'));
    expect(shown(5.5, 6.2)).toMatchObject({ text: 'planned 5.50 GiB, at most 6.20 GiB', tone: 'dim' });
    expect(shown(5, 5.9)).toMatchObject({ text: 'above the 5.90 GiB planned at most', tone: 'warning' });
  });

  it('tells who is told, and how far a tracking server is behind', () => {
    const now = sampleRun().at(-1)?.time ?? 0;
    const told = (tracking: FrameOptions['tracking'], of: FrameOptions['planFile'] = planFile) =>
      line(frame(sampleRun(), { ...size, tracking: tracking ?? null, planFile: of ?? null }), 'tracking');
    expect(told({ ...TRACKED, queued: 0 })).toBe('tracking  MLflow is up to date · 1,234 delivered · http://mlflow');
    expect(told(TRACKED)).toBe('tracking  MLflow, 12 to send · 1,234 delivered · http://mlflow');
    expect(told({ ...TRACKED, downSince: now - 60_000 })).toBe(
      'tracking  MLflow does not answer for 1 min 00 s; 12 items kept · 1,234 delivered',
    );
    expect(told({ ...TRACKED, url: null })).toContain('set MLFLOW_TRACKING_URI');
    expect(told(null, tinyPlanFile({ track: null }))).toBeNull();
  });

  it('counts money against the budget, also that of attempts before, and warns when it will not do', () => {
    const events = sampleRun();
    const cost = (budget: FrameOptions['budget']) =>
      line(frame(events, { ...size, planFile, budget: budget ?? null }), 'cost');
    expect(cost(null)).toMatch(/^cost +\$0\.0\d so far · about \$0\.\d\d ±\$0\.00 at the end · \$2\.50 an hour/);
    expect(cost({ usd: 5, hours: null })).toContain('of $5 · about');
    expect(cost({ usd: 0.05, hours: null })).toContain('more than the budget');
    const free = tinyPlanFile();
    expect(line(frame(events, { ...size, planFile: free }), 'cost')).toBeNull();
  });

  it('gives a band for the time that is left, and says when validations are not in it yet', () => {
    expect(frame(sampleRun(), size)).toMatch(/left ±/);
    expect(frame(sampleRun(1), size)).toContain('at least');
  });
});

describe('a curve', () => {
  const options = { columns: 100, rows: 30, view: 'curves' } as const;

  it('can be enlarged, zoomed to its latest part, smoothed, and drawn on a logarithmic axis', () => {
    const shown = (change: Partial<Record<string, unknown>>) =>
      frame(sampleRun(), { ...options, ui: (ui) => ({ ...ui, curves: { ...ui.curves, ...change } }) });
    const whole = shown({});
    expect(whole).toContain('val.dice');
    expect(shown({ enlarged: true })).not.toContain('val.dice');
    expect(shown({ enlarged: true, zoom: 1 })).toMatch(/\n +40 +80 steps/);
    expect(shown({ enlarged: true, zoom: 2, pan: 1 })).toMatch(/\n +50 +70 steps/);
    expect(shown({ logScale: true })).toContain('log');
    expect(shown({ smoothing: true })).not.toBe(whole);
  });
});

describe('the log', () => {
  it('shows only lines that match, or only warnings', () => {
    const options = { columns: 100, rows: 24, view: 'log' } as const;
    const filter = { text: 'VALIDATION', typing: true };
    const text = frame(sampleRun(), { ...options, ui: (ui) => ({ ...ui, filters: { ...ui.filters, log: filter } }) });
    expect(text).toContain('/VALIDATION▌  6 lines');
    expect(text).not.toContain('checkpoints/best');
    expect(frame(sampleRun(), { ...options, ui: (ui) => ({ ...ui, warningsOnly: true }) })).toContain('0 lines');
  });

  it('breaks what does not fit, so that all of it can be read', () => {
    const text = frame(sampleRun(), { columns: 40, rows: 60, view: 'log' });
    expect(text).toMatch(/validation after epoch 4:\n +val\.dice 0\.6628, best so far,\n +2\.0 s\n/);
  });
});

describe('the plan', () => {
  const filtered = (text: string) =>
    frame(sampleRun(), {
      ...{ columns: 100, rows: 24, view: 'plan', planFile },
      ui: (ui) => ({ ...ui, filters: { ...ui.filters, plan: { text, typing: false } } }),
    });

  it('shows only the values whose name, value or origin has what was typed', () => {
    expect(filtered('OPTIMIZER.learning')).toMatch(/\n\/OPTIMIZER\.learning {2}1 line\noptimizer\.learning_rate /);
    expect(filtered('nothing like it')).toContain('  0 lines');
  });
});

describe('the help', () => {
  it('names the keys of a sweep only where there is one', () => {
    const help = (matrix: ReturnType<typeof sampleMatrix> | null) =>
      frame(sampleRun(), { columns: 100, rows: 100, view: 'help', matrix });
    expect(help(null)).not.toContain('sweep');
    expect(help(sampleMatrix())).toMatch(/\n6 +all runs of a sweep[\s\S]*\nIn sweep\n/);
  });
});

describe('without colour', () => {
  it('a frame has no escapes', () => {
    for (const view of VIEW_NAMES)
      expect(frame(sampleRun(), { ...FULL, view, columns: 80, rows: 24, look: PLAIN })).not.toContain('\u001b');
  });
});
