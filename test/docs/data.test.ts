import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expInProcess, temporaryFolder } from '../helpers/cli.ts';
import { commandsOf } from '../helpers/code-blocks.ts';
import { asDecathlon } from '../helpers/decathlon.ts';
import { repositoryRoot } from '../helpers/python.ts';

/** docs/data.md: its commands run, on phantoms that lie where the page has its data sets. */

const PAGE = 'docs/data.md';
const folder = temporaryFolder();
const env = { HIPPOCAMPUS_ROOT: join(folder, 'data/organ') };

describe('docs/data.md', () => {
  it('has commands that work in their order', { timeout: 60_000 }, async () => {
    cpSync(join(repositoryRoot, 'experiments/hippocampus.exp'), join(folder, 'experiments/hippocampus.exp'));
    await expInProcess(['data', 'phantom', 'data/organ', '--subjects', '8', '--size', '32'], { cwd: folder });
    asDecathlon(join(folder, 'data/organ'), join(folder, 'data/Task04_Hippocampus'));
    const commands = commandsOf(PAGE);
    expect(commands.length).toBeGreaterThan(3);
    for (const command of commands) {
      const { exitCode, stderr } = await expInProcess(command.split(' ').slice(1), { cwd: folder, env });
      expect([command, exitCode, stderr]).toEqual([command, 0, '']);
    }
    expect(readdirSync(join(folder, 'data/phantom')).filter((name) => name.startsWith('sub-'))).toHaveLength(12);
  });
});
