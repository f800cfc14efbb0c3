import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { locateBinding } from '../../runtime/engine/provision/locate.ts';
import { readEvents } from '../../runtime/events/read.ts';
import { exp, temporaryFolder } from '../helpers/cli.ts';
import { repositoryRoot } from '../helpers/python.ts';

/** Successive halving through the real command line, with real trainers on small phantoms. */

const folder = temporaryFolder({
  'halved.exp': `experiment halved {
  dataset phantom(subjects: 6, size: 24, seed: 1) { split: 50% / 25% / 25% }
  model SegResNet { out_channels: 2  init_filters: 8 }
  patch: 16x16x16
  schedule { epochs: 3  keep_best: train.loss }
  predict: none
  sweep {
    optimizer.learning_rate: [3e-3, 1e-2, 1e-3, 1e-4]
    stop: halving(after: 1 epoch, factor: 2)
  }
}
`,
});
const env = { EXP_CACHE_DIR: process.env.EXP_CACHE_DIR };
const run = (...args: string[]) => exp(args, { cwd: folder, env });
const runsIn = (name: string) => ['--runs-dir', name] as const;

interface Shown {
  readonly id: string;
  readonly members: readonly {
    readonly status: string;
    readonly folder: string;
    readonly epoch: number;
    readonly best: number | null;
  }[];
}
const shown = (name: string): Shown => JSON.parse(run('show', 'latest', '--json', ...runsIn(name)).stdout);

/** What was decided of each run, at which epoch, and how it ended. */
const story = ({ members }: Shown) =>
  members.map(({ folder: dir, status, epoch, best }) => ({
    rungs: readEvents(dir).flatMap((event) =>
      event.type === 'rung' ? [[event.epoch, event.value, event.runs, event.better, event.goesOn]] : [],
    ),
    ...{ status, epoch, best },
  }));

describe.skipIf(locateBinding() === null)('a sweep with halving', () => {
  it('holds back who is behind, and decides the same when it was interrupted and resumed', {
    timeout: 240_000,
  }, async () => {
    const whole = run('run', 'halved.exp', '--plain', ...runsIn('whole'));
    expect([whole.exitCode, whole.stderr]).toEqual([0, '']);
    expect(whole.stdout).toMatch(/^ {2}runs +.* held back/m);
    const decided = shown('whole');
    const ends = decided.members.map(({ status }) => status);
    expect(ends[0]).toBe('completed');
    expect(ends).toContain('stopped_early');

    const args = [join(repositoryRoot, 'bin/exp.mjs'), 'run', 'halved.exp', '--json', ...runsIn('cut')];
    const child = spawn(process.execPath, args, { cwd: folder, env: { ...process.env, ...env } });
    child.stdout.once('data', () => child.kill('SIGINT'));
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(130);
    expect(run('resume', 'latest', '--quiet', ...runsIn('cut')).exitCode).toBe(0);
    expect(story(shown('cut'))).toEqual(story(decided));
  });

  it('keeps a checkpoint of who is held back, shows it, and lets it go on where a person says so', () => {
    const { id, members } = shown('whole');
    const held = members.findIndex(({ status }) => status === 'stopped_early');
    const dir = members[held]?.folder ?? '';
    expect(existsSync(join(dir, 'checkpoints', 'last'))).toBe(true);
    expect(run('show', id, ...runsIn('whole')).stdout).toMatch(/held back/);
    expect(run('compare', id, ...runsIn('whole')).stdout).toMatch(/held back in epoch [12]/);
    expect(run('runs', ...runsIn('whole')).stdout).toContain('4 of 4 runs');
    // Nothing is left to do for the sweep, but there is for the run.
    const name = `${id}-00${held + 1}`;
    expect(run('show', name, ...runsIn('whole')).stdout).toContain(`exp resume ${name}`);
    expect(run('resume', id, '--quiet', ...runsIn('whole')).exitCode).toBe(0);
    expect(shown('whole').members[held]?.status).toBe('stopped_early');
    expect(run('resume', name, '--quiet', ...runsIn('whole')).exitCode).toBe(0);
    expect(shown('whole').members[held]).toMatchObject({ status: 'completed', epoch: 3 });
  }, 120_000);

  it('is the same for jobs of a cluster, which share the folder of the runs', () => {
    const bin = `${process.execPath} ${join(repositoryRoot, 'bin/exp.mjs')}`;
    const handed = run('submit', 'halved.exp', '--to', 'slurm', '-o', 'handed', '--exp', bin);
    expect([handed.exitCode, handed.stderr]).toEqual([0, expect.stringContaining('planned for the machine at hand')]);
    for (const part of ['1/4', '2/4', '3/4', '4/4', '2/4'])
      expect(run('submit', 'work', 'handed', '--part', part).exitCode).toBe(0);
    expect(run('submit', 'collect', 'handed', ...runsIn('home')).exitCode).toBe(0);
    expect(story(shown('home'))).toEqual(story(shown('cut')));
  }, 240_000);
});
