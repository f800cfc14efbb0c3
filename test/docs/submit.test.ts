import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { locateBinding } from '../../runtime/engine/provision/locate.ts';
import { exp, expInProcess, temporaryFolder } from '../helpers/cli.ts';
import { codeBlocks } from '../helpers/code-blocks.ts';
import { repositoryRoot } from '../helpers/python.ts';
import { PLACES, standIns } from '../helpers/stand-ins.ts';

/**
 * docs/submit.md: its commands run in their order. The places themselves are not here: their programs are stood in for, and the
 * job that was handed over does its work here.
 */

const PAGE = 'docs/submit.md';
const [lab = '', ...others] = codeBlocks(PAGE, 'exp');
const folder = temporaryFolder({
  // Without the GPU: `--go` sets up what the jobs need, which is here already.
  'organ.exp': `${lab.replace('profile lab', 'profile shared').replace(/^ *gpu: .*\n/m, '')}
${others.join('\n')}
experiment organ {
  dataset phantom(subjects: 6, size: 24, seed: 1) { split: 50% / 50% / 0% }
  model SegResNet { out_channels: 2  init_filters: 8 }
  patch: 16x16x16
  schedule { epochs: 1 }
  predict: none
  profile lab on lab.a100 { batch_size: 1  workers: 1 }
}
`,
});
const bin = standIns(folder, PLACES);
const env = { ...process.env, PATH: [bin, process.env.PATH].join(delimiter) };
const ourselves = ['--exp', `${process.execPath} ${join(repositoryRoot, 'bin/exp.mjs')}`];

const commands = codeBlocks(PAGE, 'text').flatMap((block) =>
  block.split('\n').flatMap((line) => /^(?:.*&& )?(exp submit .*?)(?: {2,}#.*)?$/.exec(line)?.[1] ?? []),
);

const latest = () => join(folder, 'handoff', readdirSync(join(folder, 'handoff')).sort().at(-1) ?? '');

describe.skipIf(locateBinding() === null)('docs/submit.md (skipped without the native engine)', () => {
  it('has commands that work in their order', { timeout: 120_000 }, async () => {
    expect(commands.length).toBeGreaterThan(9);
    for (const command of commands) {
      const words = command.split(' ').slice(1);
      const isHandingOver = words.includes('--to');
      const cwd = words.at(-1) === '.' ? latest() : folder;
      const { exitCode, stderr } = await expInProcess([...words, ...(isHandingOver ? ourselves : [])], { cwd, env });
      expect([command, exitCode, stderr]).toEqual([command, 0, '']);
      if (!words.includes('--go') || !words.includes('slurm')) continue;
      const worked = exp(['submit', 'work', latest()], { cwd: folder, env });
      expect([worked.exitCode, worked.stderr]).toEqual([0, '']);
    }
    expect(readdirSync(join(folder, 'runs'))).toHaveLength(1);
  });
});
