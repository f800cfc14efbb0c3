import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expInProcess, temporaryFolder } from '../helpers/cli.ts';
import { codeBlocks, commandsOf } from '../helpers/code-blocks.ts';
import { repositoryRoot } from '../helpers/python.ts';

/** docs/environments.md: its commands run, and its table is what the first of them prints. */

const PAGE = 'docs/environments.md';
const folder = temporaryFolder();
const [seeds = ''] = codeBlocks(PAGE, 'exp');
writeFileSync(join(folder, 'seeds.exp'), seeds);

/** How fast the machine at hand is differs by machine. */
const stable = (text: string) => text.split('\n').filter((line) => !/^ +local /.test(line));

describe('docs/environments.md', () => {
  it.each(commandsOf(PAGE))('%s', async (command) => {
    const { exitCode, stdout, stderr } = await expInProcess(command.split(' ').slice(1), { cwd: folder });
    expect([exitCode, stderr]).toEqual([0, '']);
    if (command === 'exp plan seeds.exp --environments')
      expect(stable(stdout)).toEqual(stable(codeBlocks(PAGE, 'text')[0] ?? ''));
  });

  it('works the seeds through with the figures of the table', () => {
    const text = readFileSync(join(repositoryRoot, PAGE), 'utf8');
    const seconds = /\| a step \| ([\d.]+) s \| ([\d.]+) s \| ([\d.]+) s \|/.exec(text)?.slice(1).map(Number) ?? [];
    const bands = ['colab.t4', 'colab.v100', 'colab.a100'].map((name) =>
      (new RegExp(`${name} .*?(\\d+)–(\\d+) ms`).exec(text)?.slice(1) ?? []).map((value) => Number(value) / 1000),
    );
    expect(seconds).toHaveLength(3);
    for (const [index, value] of seconds.entries()) {
      const [low = Number.NaN, high = Number.NaN] = bands[index] ?? [];
      expect(value).toBeCloseTo(Math.sqrt(low * high), 2);
    }
  });
});
