import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { locateBinding } from '../../../runtime/engine/provision/locate.ts';
import { parseEvents } from '../../../runtime/events/jsonl.ts';
import { temporaryFolder } from '../../helpers/cli.ts';
import { repositoryRoot } from '../../helpers/python.ts';
import { CLEAN, hasTmux, Terminals } from './pane.ts';

if (!hasTmux) console.info('the screen is not tried in a real terminal: there is no tmux');

/** Long enough to be looked at, and stopped in the middle. */
const EXPERIMENT = `experiment organ {
  dataset phantom(subjects: 8, size: 24, seed: 1) { foreground: [1]  split: 50% / 25% / 25% }
  model SegResNet { init_filters: 8 }
  patch: 16x16x16
  batch_size: 1
  optimizer: adamw(learning_rate: 4e-3)
  schedule { epochs: 4000  validate: every 1 epochs }
  metrics: [dice]
}
`;
const SWEEP = `import "organ.exp"
experiment organ-sweep extends organ {
  schedule { epochs: 4  validate: every 1 epochs }
  sweep { optimizer.learning_rate: [1e-3, 4e-3, 8e-3] }
}
`;

const EXP = `${process.execPath} ${join(repositoryRoot, 'bin/exp.mjs')}`;

describe.skipIf(!hasTmux || locateBinding() === null)('the screen in tmux', { timeout: 900_000 }, () => {
  const folder = temporaryFolder({ 'organ.exp': EXPERIMENT, 'sweep.exp': SWEEP });
  const terminals = new Terminals();
  afterAll(() => terminals.close());
  const environment = {
    COLORTERM: 'truecolor',
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    EXP_CACHE_DIR: process.env.EXP_CACHE_DIR,
  };
  const env = Object.fromEntries(Object.entries(environment).flatMap(([key, value]) => (value ? [[key, value]] : [])));
  const open = (columns: number, rows: number) => terminals.open(columns, rows, folder, env);
  const record = () => {
    const [run = ''] = readdirSync(join(folder, 'runs')).filter((name) => /-organ-\w+$/.test(name));
    return parseEvents(readFileSync(join(folder, 'runs', run, 'events.jsonl'), 'utf8')).events;
  };

  it('starts, follows keys and sizes, is left, watched from elsewhere, stopped and resumed', async () => {
    const own = open(120, 36);
    own.type('echo before; true');
    await own.shows('before');
    own.type(`${EXP} run organ.exp`);
    await own.shows(/epoch \d+ \/ 4000/);
    expect(own.state()).toBe('1 0 0 0');
    await own.shows(/best \d/);
    // A picture is of a run that has something to show.
    if (process.env.EXP_PICTURES !== undefined) await own.shows(/epoch (2\d|[3-9]\d|\d{3,}) \/ 4000/);
    own.picture('screen');

    for (const [key, shown] of [
      ['2', '[2 curves]'],
      ['3', /case 1 of 2[\s\S]*radiological/],
      ['4', 'experiment.name'],
      ['5', /validation after epoch/],
      ['?', 'Everywhere'],
      ['Escape', '[5 log]'],
    ] as const) {
      own.press(key);
      await own.shows(shown);
      if (key === '4') own.picture('screen-plan');
    }
    own.press('2');
    await own.shows(/\[2 curves\][\s\S]*learning rate/);
    own.picture('screen-curves');
    own.press('Enter', '+', 's', 'y');
    await own.shows(/loss \d.* log/);
    own.press('3', 'o', 'Up', 'Up', 'Right');
    await own.shows('case 2 of 2');
    own.press('o', 'o', 'o');
    await own.shows(/axial[\s\S]*sagittal/);
    for (const [columns, rows] of [
      [60, 20],
      [40, 12],
      [200, 50],
      [120, 36],
    ] as const) {
      own.resize(columns, rows);
      own.press('1');
      await own.shows(/epoch \d+/);
    }

    const other = open(100, 30);
    other.type(`${EXP} watch latest`);
    await other.shows(/epoch \d+ \/ 4000/);
    other.press('p');
    await own.shows('● paused');
    own.press('c', 'v');
    await own.shows(/checkpoint checkpoints\/last/);
    await own.shows('as asked');
    other.picture('screen-watch');
    own.press('p');
    await other.shows(/[●○] (training|validating)/);
    other.press('q');
    await other.shows(/goes on; come back with: exp watch/);
    expect(other.state()).toBe(CLEAN);

    own.press('d');
    await own.shows('runs by itself');
    expect(own.state()).toBe(CLEAN);
    // What stood there before still does.
    expect(own.history()).toContain('before');

    own.type(`${EXP} watch latest`);
    await own.shows(/epoch \d+ \/ 4000/);
    own.press('x');
    await own.shows('● stopped');
    own.press('q');
    await own.shows(/continue +exp resume/);
    expect(own.state()).toBe(CLEAN);

    own.type(`clear; ${EXP} resume latest`);
    await own.shows('attempt 2');
    await own.shows(/training/);
    own.press('q');
    await own.shows(/continue +exp resume/);
    expect(own.state()).toBe(CLEAN);
    const events = record();
    expect(events.filter(({ type }) => type === 'run_started')).toHaveLength(2);
    expect(events.at(-1)).toMatchObject({ type: 'run_finished', status: 'stopped' });
  });

  it('gives the terminal back when it is ended from outside', async () => {
    const pane = open(100, 30);
    pane.type(`${EXP} watch latest & echo $! > pid; fg`);
    await pane.shows('[1 overview]');
    // The alternate screen covers it: it stands in a file.
    process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGTERM');
    await pane.shows(/stopped {2}organ|goes on; come back/);
    expect(pane.state()).toBe(CLEAN);
  });

  it('shows all runs of a sweep, opens one of them, and ends with the table', async () => {
    const pane = open(120, 36);
    pane.type(`${EXP} run sweep.exp`);
    await pane.shows(/2 of 3 runs ended/);
    pane.picture('screen-sweep');
    pane.press('Enter');
    await pane.shows('[1 overview]');
    pane.press('6');
    await pane.shows(/3 completed/);
    expect(pane.state()).toBe(CLEAN);
    pane.type(`clear; ${EXP} watch latest`);
    await pane.shows(/3 of 3 runs ended/);
    pane.press('q');
    await pane.shows(/3 completed/);
  });
});
