import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { locateBinding } from '../../runtime/engine/provision/locate.ts';
import { exp, temporaryFolder } from '../helpers/cli.ts';

/** Small enough for a second of training; nothing is set up here, so a machine without the engine skips. */
function experiment(expectation: string, dataset = 'phantom(subjects: 6, size: 24, seed: 1) {'): string {
  return `experiment tiny {
  dataset ${dataset}
    split: 50% / 25% / 25%
  }
  model SegResNet {
    out_channels: 2
    init_filters: 8
  }
  patch: 16x16x16
  batch_size: 1
  optimizer: adamw(learning_rate: 1e-3)
  schedule {
    epochs: 1
    validate: every 1 epochs
  }
  metrics: [dice]
  ${expectation}
}
`;
}

const folder = temporaryFolder({
  'held.exp': experiment('expect val.dice >= 0'),
  'missed.exp': experiment('expect val.dice >= 1'),
  'lost.exp': experiment('', 'bids("nowhere") {\n    image: "T1w"\n    label: "desc-manual_dseg"'),
});
const env = { EXP_CACHE_DIR: process.env.EXP_CACHE_DIR };
const run = (...args: string[]) => exp(args, { cwd: folder, env });

describe.skipIf(locateBinding() === null)('exp run with the native engine', () => {
  it('trains, and prints where everything is', () => {
    const { exitCode, stdout, stderr } = run('run', 'held.exp', '--plain');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}epoch 1\/1: train\.loss /m);
    expect(stdout).toMatch(/^completed {2}tiny {2}1 epoch, 3 steps/m);
    expect(stdout).toMatch(/expect +✓ val\.dice >= 0 holds/);
    const checkpoint = /checkpoint +(\S+best)$/m.exec(stdout)?.[1] ?? '';
    expect(existsSync(join(folder, checkpoint))).toBe(true);

    const [listed] = JSON.parse(run('runs', '--json').stdout);
    expect(listed).toMatchObject({ experiment: 'tiny', status: 'completed', epoch: 1 });
    expect(run('show', 'latest')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(checkpoint) });
    expect(run('watch', 'latest')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('completed') });
    const resumed = run('resume', 'latest');
    expect([resumed.exitCode, resumed.stderr]).toEqual([2, expect.stringContaining('nothing to continue')]);
  }, 60_000);

  it('exits with 3 when an expectation does not hold, and prints each event as JSON', () => {
    const { exitCode, stdout } = run('run', 'missed.exp', '--json');
    expect(exitCode).toBe(3);
    const events = stdout
      .trim()
      .split('\n')
      .map((line): { type: string; runId?: string } => JSON.parse(line));
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['run_started', 'engine', 'data', 'model', 'step', 'validation_finished', 'run_finished']),
    );
    const record = readFileSync(join(folder, 'runs', events[0]?.runId ?? '', 'events.jsonl'), 'utf8');
    expect(events).toEqual(
      record
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    );
  }, 60_000);

  it('exits with 2 and names the line when the data are not there', () => {
    const { exitCode, stderr } = run('run', 'lost.exp', '--quiet');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('error[EXP4101]: no data set at ');
    expect(stderr).toContain('at lost.exp:2:');
    expect(stderr.match(/error/g)).toHaveLength(1);
  }, 60_000);
});
