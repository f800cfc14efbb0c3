import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expInProcess, temporaryFolder } from '../../helpers/cli.ts';
import { repositoryRoot } from '../../helpers/python.ts';

/** `exp submit` as it is typed. */

const tiny = (settings = '') => `experiment tiny {
  dataset phantom(subjects: 6, size: 24, seed: 1) { split: 50% / 25% / 25% }
  model SegResNet { out_channels: 2  init_filters: 8 }
  patch: 16x16x16
  optimizer: adamw(learning_rate: 1e-3)
  schedule { epochs: 1 }
  predict: none
  ${settings}
}
`;
const folder = temporaryFolder({
  'tiny.exp': tiny(),
  'sweep.exp': tiny('sweep { seed: [1, 2] }\n  track: mlflow(experiment: "handed-off")'),
  'secret.exp': tiny('track: mlflow(experiment: "x", password: secret("MY_PASSWORD"))'),
  'lab.exp': tiny('profile lab on slurm.a100 { }'),
  'wrong.exp': tiny('batch_size: none'),
});
mkdirSync(join(folder, 'bin'));
const REFUSED = 'The connection to the server localhost:8080 was refused - did you specify the right host or port?';
writeFileSync(join(folder, 'bin', 'kubectl'), `#!/bin/sh\necho "${REFUSED}" >&2\nexit 1\n`, { mode: 0o755 });
const NO_CLUSTER = 'sbatch: fatal: Could not establish a configuration source';
writeFileSync(join(folder, 'bin', 'sbatch'), `#!/bin/sh\necho "${NO_CLUSTER}" >&2\nexit 1\n`, { mode: 0o755 });
const bin = `${process.execPath} ${join(repositoryRoot, 'bin/exp.mjs')}`;

const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  expInProcess(['submit', ...args], { cwd: folder, env });
const submit = async (file: string, name: string, ...options: readonly string[]) => {
  const result = await run([file, '--to', 'slurm', '-o', name, '--exp', bin, ...options]);
  expect([result.exitCode, result.stderr]).toEqual([0, expect.stringContaining('planned for the machine at hand')]);
  return result.stdout;
};

describe('exp submit', () => {
  it.each([
    [['tiny.exp'], 'where to? name a target with --to', 'there are slurm, skypilot, kubernetes, colab, azureml'],
    [['tiny.exp', '--to', 'slurn'], 'there is no target slurn', 'did you mean slurm?'],
    [['--to', 'slurm'], 'which experiment?', 'exp submit FILE --to slurm'],
    [
      ['tiny.exp', '--to', 'slurm', '--with', 'partitoin=gpu'],
      'SLURM has no setting partitoin',
      'did you mean partition?',
    ],
    [['tiny.exp', '--to', 'slurm', '--with', 'time='], '--with time=: it needs a value', '--with help'],
    [['tiny.exp', '--to', 'azureml'], 'Azure ML needs compute', '--with compute=gpu-cluster'],
    [['nowhere.exp', '--to', 'slurm'], 'there is no file nowhere.exp', ''],
  ])('%j says what is wrong, and what to do', async (args, message, help) => {
    const { exitCode, stderr } = await run(args);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).toContain(help);
  });

  it('hands nothing off that does not compile, and writes over nothing', async () => {
    const wrong = await run(['wrong.exp', '--to', 'slurm', '-o', 'wrong', '--exp', bin]);
    expect([wrong.exitCode, existsSync(join(folder, 'wrong'))]).toEqual([1, false]);
    expect(wrong.stderr).toContain('nothing was handed off');
    mkdirSync(join(folder, 'thesis'));
    writeFileSync(join(folder, 'thesis', 'chapter.tex'), '');
    const taken = await run(['tiny.exp', '--to', 'slurm', '-o', 'thesis', '--exp', bin]);
    expect(taken.exitCode).toBe(2);
    expect(taken.stderr).toMatch(/thesis is not empty/);
  });

  it('lists what a target takes', async () => {
    const { stdout } = await run(['--to', 'kubernetes', '--with', 'help']);
    expect(stdout).toMatch(/^image .*python:3\.11-bookworm unless given$/m);
  });

  it('says so where the tool is missing, and keeps the folder', async () => {
    const { exitCode, stdout, stderr } = await run(
      ['tiny.exp', '--to', 'skypilot', '-o', 'sky', '--exp', bin, '--go'],
      {
        PATH: '/nowhere',
      },
    );
    expect(exitCode).toBe(2);
    expect(stdout).toContain('not yet: sky is not installed here');
    expect(stderr).toContain('it was not submitted: sky is not installed here');
    expect(existsSync(join(folder, 'sky', 'task.yaml'))).toBe(true);
  });

  it('warns of a machine that the target does not have, with those and the profiles that it has', async () => {
    const args = ['lab.exp', '--profile', 'cloud-gpu', '--exp', bin];
    const odd = await run([...args, '--to', 'slurm', '-o', 'odd']);
    expect(odd.exitCode).toBe(0);
    expect(odd.stderr).toContain('aws.g4dn.xlarge is no machine of SLURM');
    expect(odd.stderr).toContain(
      'choose another by --profile: profiles of this file for it: lab; a profile `on` one of slurm.a100',
    );
    expect((await run([...args, '--to', 'skypilot', '-o', 'even'])).stderr).toBe('');
  });

  it.each(['slurm', 'skypilot', 'kubernetes', 'colab'])(
    'warns of a plan for the machine at hand, which asks %s for no GPU',
    async (target) => {
      const args = ['lab.exp', '--to', target, '--exp', bin];
      const local = await run([...args, '-o', `local-${target}`]);
      expect(local.exitCode).toBe(0);
      expect(local.stderr).toMatch(/planned for the machine at hand: .* is asked for no GPU/);
      expect(local.stderr).toContain('choose another by --profile: ');
    },
  );

  it('says nothing of a plan for a machine of the target', async () => {
    const { stderr } = await run(['lab.exp', '--profile', 'lab', '--to', 'slurm', '-o', 'fine', '--exp', bin]);
    expect(stderr).toBe('');
  });

  it.each(['kubernetes', 'slurm'])(
    'says that nothing was checked where no cluster is reachable: %s',
    async (target) => {
      const { stdout } = await run(['tiny.exp', '--to', target, '-o', `far-${target}`, '--exp', bin], {
        PATH: join(folder, 'bin'),
      });
      expect(stdout).toMatch(/checked +not checked: no cluster is reachable/);
    },
  );

  it('writes names of variables and never their values', async () => {
    const env = { MY_PASSWORD: 'hunter2', MLFLOW_TRACKING_URI: 'http://me:hunter2@host' };
    const { stdout } = await run(['secret.exp', '--to', 'slurm', '-o', 'secret', '--exp', bin], env);
    expect(stdout).toContain('MY_PASSWORD, MLFLOW_TRACKING_URI');
    const files = readdirSync(join(folder, 'secret'), { recursive: true, withFileTypes: true }).filter((each) =>
      each.isFile(),
    );
    const texts = files.map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'));
    expect(texts.join('')).toContain('MY_PASSWORD');
    expect(texts.join('')).not.toContain('hunter2');
  });

  it('tells how runs stand without the target’s tool, and where to ask', async () => {
    await submit('sweep.exp', 'waiting');
    await submit('sweep.exp', 'handoff/latest-one');
    const { stdout } = await run(['status', 'waiting'], { PATH: '/nowhere' });
    expect(stdout).toMatch(/-001 +waiting/);
    expect(stdout).toContain('squeue is not installed here');
    const collected = await run(['collect', 'waiting', '--runs-dir', 'waiting-home']);
    expect(collected.stdout).toContain('2 runs not started yet');
    expect(readdirSync(join(folder, 'waiting-home'))).toHaveLength(1);
    const elsewhere = await run(['work', 'waiting', '--data', 'nowhere-at-all']);
    expect(elsewhere.stderr).toContain(`there is no folder ${join(folder, 'nowhere-at-all')}`);
    expect((await run(['logs', 'waiting'])).stdout).toContain('no job has printed anything here yet');
    for (const place of ['handoff', 'handoff/latest-one']) {
      const inside = expInProcess(['submit', 'status', 'latest'], { cwd: join(folder, place), env: {} });
      expect((await inside).exitCode).toBe(0);
    }
    expect((await run(['status', 'nowhere'])).stderr).toContain('there is no hand-off nowhere');
  });
});
