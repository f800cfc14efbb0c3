import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { locateBinding } from '../../../runtime/engine/provision/locate.ts';
import { expInProcess, temporaryFolder } from '../../helpers/cli.ts';
import { handoffPython } from '../../helpers/handoff-python.ts';
import { repositoryRoot } from '../../helpers/python.ts';

/** What is written for each target, by the target's own package; and the notebook, run. */

const python = handoffPython();
if (python === null)
  console.info('hand-offs by the targets’ own schemas: skipped, no Python (test/reference/setup.sh)');

const ORGAN = `experiment organ {
  dataset bids("../data/organ") { image: "T1w"  label: "desc-manual_dseg"  foreground: [1] }
  model SegResNet { in_channels: 1  out_channels: 2  init_filters: 8  weights: "start.safetensors" }
  patch: 32x32x32
  schedule { epochs: 100 }
  optimizer: adamw(learning_rate: 1e-3)
  track: mlflow(experiment: "organ", token: secret("MLFLOW_TOKEN_OF_ORGAN"))
  sweep { optimizer.learning_rate: [1e-3, 3e-3] }
  folds: 2
}
`;
const TINY = `experiment tiny {
  dataset phantom(subjects: 6, size: 24, seed: 1) { split: 50% / 25% / 25% }
  model SegResNet { out_channels: 2  init_filters: 8 }
  patch: 16x16x16
  optimizer: adamw(learning_rate: 1e-3)
  schedule { epochs: 1 }
  predict: none
}
`;

const folder = temporaryFolder({ 'organ.exp': ORGAN, 'tiny.exp': TINY });
const exp = `${process.execPath} ${join(repositoryRoot, 'bin/exp.mjs')}`;

async function submit(file: string, target: string, name: string, ...options: readonly string[]): Promise<string> {
  const args = ['submit', file, '--to', target, '-o', name, '--exp', exp, ...options];
  const env = { MLFLOW_TRACKING_URI: 'http://user:told-to-nobody@localhost:5000', PATH: process.env.PATH };
  const { exitCode, stdout, stderr } = await expInProcess(args, { cwd: folder, env });
  expect([
    exitCode,
    stderr.replace(/^warning: (aws\S+ is no machine of|this is planned for the machine at hand).*\n.*\n/, ''),
  ]).toEqual([0, '']);
  return stdout;
}

function validated(...pairs: readonly string[]): readonly (readonly string[])[] {
  const script = join(repositoryRoot, 'test/tui/submit/validate.py');
  const { stdout, stderr } = spawnSync(python ?? '', [script, ...pairs], { cwd: folder, encoding: 'utf8' });
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('[')) throw new Error(stderr);
  return z.array(z.array(z.string())).parse(JSON.parse(last));
}

/** The file that a target is handed, and others that go with it. */
const FILES = {
  skypilot: ['task.yaml'],
  kubernetes: ['storage.yaml', 'job.yaml'],
  colab: ['train.ipynb'],
  azureml: ['job.yml'],
} as const;
/** What must be told, and a mistake that the validator must see. */
const CASES = [
  ['skypilot', [], ['num_nodes: 1', 'num_nodes: one']],
  ['kubernetes', [], ['completionMode: Indexed', 'completionModus: Indexed']],
  ['colab', [], ['"cell_type": "code"', '"cell_type": "kode"']],
  ['azureml', ['--with', 'compute=gpu'], ['mode: rw_mount', 'mode: read']],
] as const;

describe.skipIf(python === null)('by the target’s own schema', () => {
  it.each(CASES)(
    '%s',
    async (target, options, [right, wrong]) => {
      await submit('organ.exp', target, `${target}-gpu`, '--profile', 'cloud-gpu', '--jobs', '2', ...options);
      await submit('tiny.exp', target, `${target}-one`, ...options);
      const files = FILES[target].flatMap((name) => [`${target}-gpu/${name}`, `${target}-one/${name}`]);
      const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'));
      const spoilt = files.filter((_, index) => texts[index]?.includes(right));
      for (const file of spoilt) {
        const text = readFileSync(join(folder, file), 'utf8').replace(right, wrong);
        writeFileSync(join(folder, `${file}.spoilt`), text);
      }
      expect(texts.join('')).not.toContain('told-to-nobody');
      const results = validated(
        ...[...files, ...spoilt.map((file) => `${file}.spoilt`)].flatMap((file) => [target, file]),
      );
      expect(results.slice(0, files.length)).toEqual(files.map(() => []));
      expect(spoilt.length).toBeGreaterThan(0);
      for (const problems of results.slice(files.length)) expect(problems).not.toEqual([]);
    },
    120_000,
  );
});

describe.skipIf(python === null || locateBinding() === null)('the notebook', () => {
  it('runs from top to bottom outside of Colab, and again without training twice', async () => {
    await submit('tiny.exp', 'colab', 'notebook');
    const run = () => {
      const script = join(repositoryRoot, 'test/tui/submit/run_notebook.py');
      const { stdout, stderr } = spawnSync(python ?? '', [script, 'notebook/train.ipynb'], {
        cwd: folder,
        encoding: 'utf8',
      });
      if (stdout === '') throw new Error(stderr);
      return stdout;
    };
    const first = run();
    expect(first).toMatch(/-tiny-[0-9a-f]{4} starts/);
    expect(first).toMatch(/completed.* 1 epoch, 3 steps/);
    expect(run()).toMatch(/-tiny-[0-9a-f]{4} is complete/);
    const collected = await expInProcess(['submit', 'collect', 'notebook'], { cwd: folder });
    expect(collected.stdout).toContain('1 run brought home');
  }, 180_000);
});
