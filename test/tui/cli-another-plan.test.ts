import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { locateBinding } from '../../runtime/engine/provision/locate.ts';
import { readEvents } from '../../runtime/events/read.ts';
import { exp, temporaryFolder } from '../helpers/cli.ts';

/** A run that has used up its time, and whose file says another plan now. */
function experiment(epochs: number, patch = '16x16x16'): string {
  return `experiment tiny {
  dataset phantom(subjects: 6, size: 24, seed: 1) { split: 50% / 25% / 25% }
  model SegResNet { out_channels: 2  init_filters: 8 }
  patch: ${patch}
  optimizer: adamw(learning_rate: 1e-3)
  schedule { epochs: ${epochs} }
  predict: none
  budget: 1s
}
`;
}

const folder = temporaryFolder({ 'tiny.exp': experiment(2) });
const run = (...args: string[]) => exp(args, { cwd: folder, env: { EXP_CACHE_DIR: process.env.EXP_CACHE_DIR } });
const write = (text: string) => writeFileSync(join(folder, 'tiny.exp'), text);

describe.skipIf(locateBinding() === null)('a run that goes on as its file says now', () => {
  it('is refused with what differs, until that is accepted', { timeout: 180_000 }, () => {
    expect(run('run', 'tiny.exp', '--quiet').exitCode).toBe(2);
    const [id = ''] = readdirSync(join(folder, 'runs'));
    const [same] = JSON.parse(run('runs', '--json').stdout);
    expect(same).toMatchObject({ status: 'stopped' });

    write(experiment(3).replace('budget: 1s', 'workers: 1'));
    const refused = run('resume', 'latest', '--plan', 'tiny.exp');
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('schedule.epochs 2 → 3');
    expect(refused.stderr).toMatch(/--accept \S*schedule\.epochs/);
    expect(existsSync(join(folder, 'runs', id, 'checkpoints/last'))).toBe(true);

    const accepted = run(
      'resume',
      'latest',
      '--plan',
      'tiny.exp',
      '--accept',
      'budget,schedule.epochs,workers',
      '--quiet',
    );
    expect([accepted.exitCode, accepted.stderr]).toEqual([0, '']);
    const [after] = JSON.parse(run('runs', '--json').stdout);
    expect(after).toMatchObject({ status: 'completed', epoch: 3 });
    expect(readdirSync(join(folder, 'runs', id))).toEqual(
      expect.arrayContaining([expect.stringMatching(/^plan\.[0-9a-f]{8}\.json$/)]),
    );
    const changed = /schedule\.epochs 2 → 3.*workers/;
    expect(run('show', 'latest').stdout).toMatch(new RegExp(`plan changed +after step \\d+: .*${changed.source}`));
    const told = readEvents(join(folder, 'runs', id)).flatMap((event) => (event.type === 'log' ? [event.message] : []));
    expect(told).toContainEqual(expect.stringMatching(new RegExp(`^under another plan: .*${changed.source}`)));
  });

  it('cannot go on with another network', { timeout: 60_000 }, () => {
    write(experiment(4).replace('init_filters: 8', 'init_filters: 16'));
    const refused = run('resume', 'latest', '--plan', 'tiny.exp', '--accept', 'model');
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('cannot go on as tiny.exp says now: model.init_filters 8 → 16');
  });
});
