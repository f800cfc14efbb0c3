import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../tui/failures.ts';
import { formatRuns } from '../../../tui/output/runs.ts';
import { matching, sorted } from '../../../tui/run-list/fields.ts';
import type { ListedRun, RunWithSettings } from '../../../tui/run-list/listed-run.ts';
import { holds, parseWhere } from '../../../tui/run-list/where.ts';

function listed(
  id: string,
  values: Partial<ListedRun>,
  settings: Readonly<Record<string, string>> = {},
): RunWithSettings {
  const run: ListedRun = {
    kind: 'run',
    id,
    experiment: 'organ',
    profile: null,
    planId: 'a',
    set: [],
    model: 'SegResNet',
    group: null,
    createdAt: Date.UTC(2026, 10, 24, 12),
    status: 'completed',
    epoch: 10,
    step: 40,
    seconds: 60,
    best: null,
    metrics: {},
    pinned: false,
    folder: `/runs/${id}`,
    ...values,
  };
  return { run, settings: new Map(Object.entries(settings)) };
}

const RUNS = [
  listed('a', { metrics: { 'val.dice': 0.7, 'train.loss': 0.3 } }, { 'optimizer.learning_rate': '0.001' }),
  listed(
    'b',
    { metrics: { 'val.dice': 0.9, 'train.loss': 0.2 }, model: 'SwinUNETR' },
    { 'optimizer.learning_rate': '1e-4' },
  ),
  listed('c', { status: 'failed' }),
];
const found = (where: string) => matching(RUNS, parseWhere(where)).map(({ run }) => run.id);

describe('conditions', () => {
  it.each([
    ['val.dice>0.8', ['b']],
    ['val.dice >= 0.7', ['a', 'b']],
    ['val.dice<0.9, train.loss<1', ['a']],
    ['status=completed model=SwinUNETR', ['b']],
    ['status!=completed', ['c']],
    ['model~swin', ['b']],
    ['model=swinunetr', ['b']],
    ['optimizer.learning_rate<5e-4', ['b']],
    ['optimizer.learning_rate=1e-3', ['a']],
    ['created>2026-11-01', ['a', 'b', 'c']],
    ['created<2026-11-01', []],
    ['experiment="organ"', ['a', 'b', 'c']],
    ['', ['a', 'b', 'c']],
  ])('%s', (where, ids) => {
    expect(found(where)).toEqual(ids);
  });

  it('a run without the value meets no condition on it', () => {
    expect(holds({ field: 'val.dice', operator: '!=', value: '0.5' }, null)).toBe(false);
  });

  it.each([
    ['val.dice', 'one of = != > >= < <= ~ is expected at character 9', 'it ends'],
    ['val.dice>', 'a value is expected at character 10', 'it ends'],
    ['val.dice 0.8', 'one of = != > >= < <= ~ is expected at character 10', '`0.8`'],
    ['>0.8', 'a name is expected at character 1', '`>0.8`'],
    ['status="open', 'a value is expected at character 8', '`"open`'],
  ])('%s is no condition, and the place is told', (where, expected, found) => {
    expect(() => parseWhere(where)).toThrow(UsageError);
    expect(() => parseWhere(where)).toThrow(expected);
    expect(() => parseWhere(where)).toThrow(found);
  });

  it('a name that no run has is told with the nearest one', () => {
    expect(() => found('val.dise>0.8')).toThrow(expect.objectContaining({ help: 'did you mean val.dice?' }));
  });
});

describe('order', () => {
  const order = (field: string) => sorted(RUNS, field).map(({ run }) => run.id);

  it.each([
    ['val.dice', ['b', 'a', 'c']],
    ['train.loss', ['b', 'a', 'c']],
    ['optimizer.learning_rate', ['b', 'a', 'c']],
    ['status', ['a', 'b', 'c']],
  ])('by %s: the best, or the smallest, first; those without it last', (field, ids) => {
    expect(order(field)).toEqual(ids);
  });
});

describe('the list', () => {
  const terminal = { interactive: false, color: false, unicode: true };

  it('tells runs apart by what --set changed, where that differs', () => {
    const changed = listed('d', { set: ['optimizer.learning_rate=4e-3', 'seed=2'] });
    const text = formatRuns([...RUNS, changed], [], terminal, 140);
    expect(text).toContain('CHANGED');
    expect(text).toContain('optimizer.learning_rate=4e-3, seed=2');
    expect(formatRuns(RUNS, [], terminal, 140)).not.toContain('CHANGED');
  });

  it('shows the beginning of what was changed where there is no room for all of it', () => {
    const changed = listed('d', { set: ['optimizer.learning_rate=4e-3', 'schedule.validate=every 2 epochs'] });
    const text = formatRuns([...RUNS, changed], [], terminal, 80);
    expect(text).toMatch(/optimizer\.learning_rate…|optimizer\.learning_rat…/);
  });
});
