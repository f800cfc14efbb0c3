import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { medianOf } from '../../../compiler/quantiles.ts';
import { locateBinding } from '../../../runtime/engine/provision/locate.ts';
import { readEvents } from '../../../runtime/events/read.ts';
import type { RunEvent } from '../../../runtime/events/schema.ts';
import { expInProcess, temporaryFolder } from '../../helpers/cli.ts';
import { repositoryRoot } from '../../helpers/python.ts';
import { noSlurm, SlurmCluster } from '../../helpers/slurm-cluster.ts';

/** A real SLURM of one node, real trainers: what is submitted is disturbed, goes on by itself, and comes home. */

const skipped = noSlurm() ?? (locateBinding() === null ? 'no native engine' : null);
if (skipped !== null) console.info(`exp submit on a real SLURM: skipped, ${skipped}`);

function experiment(name: string, epochs: number, schedule: string, settings = ''): string {
  return `experiment ${name} {
  dataset phantom(subjects: 8, size: 24, seed: 1) { split: 50% / 25% / 25% }
  model SegResNet { out_channels: 2  init_filters: 8 }
  patch: 16x16x16
  optimizer: adamw(learning_rate: 1e-3)
  schedule { epochs: ${epochs}  ${schedule} }
  predict: none
  ${settings}
}
`;
}

const folder = temporaryFolder({
  'sweep.exp': experiment('sweep', 6, '', 'sweep { optimizer.learning_rate: [1e-3, 3e-3] }\n  folds: 2'),
});

const STEPS_PER_EPOCH = 4;
/** SLURM looks at time limits every 30 s: a run has to last longer to be told of its own. */
const LIMITED_SECONDS = 75;

const command = `${process.execPath} ${join(repositoryRoot, 'bin/exp.mjs')}`;

describe.skipIf(skipped !== null)('exp submit on a real SLURM', () => {
  let cluster: SlurmCluster;
  beforeAll(async () => {
    cluster = await SlurmCluster.start(6);
  }, 60_000);
  afterAll(async () => await cluster?.stop(), 30_000);

  /** In this process: a start of `exp` takes a second from the trainers. */
  const run = async (...args: readonly string[]) => {
    const { exitCode, stdout, stderr } = await expInProcess(args, {
      cwd: folder,
      env: { ...process.env, ...cluster.env },
    });
    expect([exitCode, stderr.replace(/^warning: this is planned for the machine at hand.*\n.*\n/, '')]).toEqual([
      0,
      '',
    ]);
    return stdout;
  };
  const submit = (file: string, name: string, ...options: readonly string[]) =>
    run('submit', file, '--to', 'slurm', '-o', name, '--exp', command, '--with', 'cpus=2', ...options);
  const status = async (name: string): Promise<Status> => JSON.parse(await run('submit', 'status', name, '--json'));
  const until = async (what: string, holds: () => Promise<boolean> | boolean) => {
    for (const deadline = Date.now() + 200_000; !(await holds()); await sleep(250))
      if (Date.now() > deadline)
        throw new Error(`${what} did not happen\n${cluster.log()}\n${await run('submit', 'logs', 'swept')}`);
  };
  const eventsOf = (name: string, place: string): readonly RunEvent[] => {
    const [dir] = globbed(join(folder, name, 'runs'), place);
    return dir === undefined ? [] : readEvents(dir);
  };

  /** On a machine of any speed, with the trainers that work beside it; the first step, which the engine warms up in, is no measure. */
  const epochsIn = (seconds: number): number => {
    const steps = eventsOf('swept', '001').flatMap((event) => (event.type === 'step' ? [event.seconds] : []));
    return Math.ceil(seconds / (medianOf(steps) * STEPS_PER_EPOCH));
  };

  it('runs a sweep with folds as an array; a job that is killed resumes; one that meets its limit goes on; all come home', async () => {
    const told = await submit('sweep.exp', 'swept', '--go');
    expect(told).toContain('sbatch --test-only job.sh takes it');
    expect(told).toMatch(/Submitted batch job \d+/);
    await until('a checkpoint of the first run', () =>
      eventsOf('swept', '001').some(({ type }) => type === 'checkpoint'),
    );
    const epochs = epochsIn(LIMITED_SECONDS);
    const rarely = `validate: every ${Math.ceil(epochs / 2)} epochs`;
    writeFileSync(join(folder, 'limited.exp'), experiment('limited', epochs, rarely));
    await submit('limited.exp', 'limited', '--with', 'time=1', '--with', 'notice=30', '--go');
    const [array = ''] = /\d+_1\b/.exec(cluster.run('squeue', '--noheader', '--array', '--format=%i')) ?? [];
    expect(cluster.run('scontrol', 'requeue', array)).toBe('');
    const isDone = async (name: string) => (await status(name)).runs.every(({ status: each }) => each === 'completed');
    await until('the end of the sweep', () => isDone('swept'));
    await until('the end of the limited run', () => isDone('limited'));
    await until('an empty queue', () => cluster.run('squeue', '--noheader') === '');

    // Killed in the middle, and to the bit what nobody disturbed.
    const killed = eventsOf('swept', '001');
    expect(resumedFrom(killed)).toEqual([null, expect.any(Number)]);
    await submit('sweep.exp', 'alone');
    await run('submit', 'work', 'alone', '--part', '1/4');
    expect(weightsOf(killed)).toMatch(/^[0-9a-f]{64}$/);
    expect(weightsOf(killed)).toBe(weightsOf(eventsOf('alone', '001')));

    // SLURM's USR2 before the limit: a stop with a checkpoint, then the rest from there, and no step twice.
    const limited = eventsOf('limited', '');
    const ends = limited.flatMap((event) => (event.type === 'run_finished' ? [event.status] : []));
    expect(ends).toEqual([...Array<string>(ends.length - 1).fill('stopped'), 'completed']);
    expect(resumedFrom(limited).at(-1)).toBeGreaterThan(0);
    const steps = limited.flatMap((event) => (event.type === 'step' ? [event.step] : []));
    expect(steps).toEqual(Array.from(steps, (_, index) => index + 1));

    // Home, once and again.
    const { id } = await status('swept');
    expect(await run('submit', 'collect', 'swept')).toContain(`${id}: 4 runs brought home`);
    expect(await run('submit', 'collect', 'swept')).toContain(`${id}: 4 runs unchanged`);
    expect(await run('submit', 'collect', 'limited')).toContain('1 run brought home');
    expect(await run('show', id)).toMatch(/^1 +\S+ ± \S+[\s\S]*4 completed/m);
    expect(await run('compare', `${id}-001`, `${id}-003`)).toMatch(/optimizer\.learning_rate +0\.001 +0\.003/);
    const home = JSON.parse(readFileSync(join(folder, 'runs', id, '001', 'run.json'), 'utf8'));
    expect(home).toMatchObject({ runId: `${id}-001`, group: id, baseDir: folder });
    const evaluated = await expInProcess(['evaluate', `${id}-001`, '--split', 'test'], { cwd: folder });
    expect([evaluated.exitCode, evaluated.stdout]).toEqual([0, expect.stringContaining('dice')]);
    expect(await run('submit', 'logs', 'swept', '--run', '1')).toContain(`${id}-001 goes on`);
  }, 400_000);
});

interface Status {
  readonly id: string;
  readonly runs: readonly { readonly status: string }[];
}

function weightsOf(events: readonly RunEvent[]): string | null | undefined {
  const finished = events.findLast(({ type }) => type === 'run_finished');
  return finished?.type === 'run_finished' ? finished.weightsHash : undefined;
}

/** The step that each start went on from. */
function resumedFrom(events: readonly RunEvent[]): readonly (number | null)[] {
  return events.flatMap((event) => (event.type === 'run_started' ? [event.resumedFromStep] : []));
}

/** The run's folder below the one of its hand-off, once it has been made. */
function globbed(runsDir: string, place: string): readonly string[] {
  const ids = existsSync(runsDir) ? readdirSync(runsDir) : [];
  return ids.map((id) => join(runsDir, id, place)).filter((dir) => existsSync(join(dir, 'run.json')));
}
