import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { profilesOf } from '../../../compiler/compile.ts';
import { COMMANDS } from '../../../tui/commands/table.ts';
import { SMALL, smallWith } from '../../compiler/example.ts';
import { exp, expInProcess, temporaryFolder } from '../../helpers/cli.ts';
import { repositoryRoot } from '../../helpers/python.ts';

const TWO = `${smallWith('profile lab on local { workers: 1 }')}${SMALL.replace('small', 'other')}`;

const folder = temporaryFolder({ 'small.exp': SMALL, 'two.exp': TWO, 'weights.pt': '' });
mkdirSync(join(folder, 'more files'));
writeFileSync(join(folder, 'more files', 'inner.exp'), SMALL);

/** What is suggested for the last of the words. */
async function suggestions(...words: string[]): Promise<readonly string[]> {
  const { stdout } = await expInProcess(['completion', 'fish', '--', ...words], { cwd: folder });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t', 1)[0] ?? '');
}

describe('what is suggested', () => {
  it('is every command, with what it does', async () => {
    expect(await suggestions('')).toEqual(COMMANDS.map(({ name }) => name));
    const { stdout } = await expInProcess(['completion', 'fish', '--', 'chec'], { cwd: folder });
    expect(stdout).toBe('check\tCheck .exp files and run nothing\n');
  });

  it('is the commands within a command', async () => {
    expect(await suggestions('weights', '')).toEqual(['inspect', 'import', 'export']);
  });

  it('is both where a command takes a file as well; targets and hand-offs by name', async () => {
    const words = await suggestions('submit', '');
    expect(words).toEqual(expect.arrayContaining(['status', 'logs', 'collect', 'work', 'small.exp']));
    expect(await suggestions('submit', 'small.exp', '--to', 'k')).toEqual(['kubernetes']);
    expect(await suggestions('submit', 'status', '')).not.toContain('small.exp');
  });

  it('is options that are not given yet', async () => {
    const found = await suggestions('run', 'small.exp', '--plain', '--set', 'patch=32x32x32', '--');
    expect(found).toEqual(expect.arrayContaining(['--profile', '--set', '--help']));
    expect(found).not.toContain('--plain');
  });

  it('is the choices of an option', async () => {
    expect(await suggestions('check', '--format', '')).toEqual(['text', 'json', 'sarif']);
    expect(await suggestions('check', '--format=s')).toEqual(['--format=sarif']);
  });

  it('is .exp files, and folders on the way to them', async () => {
    expect([...(await suggestions('run', ''))].sort()).toEqual(['more files/', 'small.exp', 'two.exp']);
    expect(await suggestions('check', 'two.exp', 'more files/')).toEqual(['more files/inner.exp']);
  });

  it('is the profiles of the file', async () => {
    const profiles = profilesOf({ path: 'small.exp', text: SMALL });
    expect(await suggestions('run', 'small.exp', '--profile', '')).toEqual(profiles);
    expect(await suggestions('run', 'two.exp', '-e', 'small', '-p', 'la')).toEqual(['lab']);
  });

  it('is the experiments of the file', async () => {
    expect(await suggestions('run', 'two.exp', '--experiment', '')).toEqual(['small', 'other']);
  });

  it('is the settings that can be overridden', async () => {
    expect(await suggestions('run', 'small.exp', '--set', 'schedule.ep')).toEqual(['schedule.epochs=']);
    expect(await suggestions('plan', 'small.exp', '--explain', 'schedule.ep')).toEqual(['schedule.epochs']);
  });

  it('is codes of diagnostics', async () => {
    expect(await suggestions('explain', 'EXP3012')).toEqual(['EXP3012']);
  });

  it('leaves other files to the shell', async () => {
    expect(await suggestions('weights', 'inspect', 'w')).toEqual([':files']);
  });

  it('is nothing for files that are not there or broken', async () => {
    expect(await suggestions('run', 'missing.exp', '--profile', '')).toEqual(['']);
    expect(await suggestions('run', 'nowhere/')).toEqual(['']);
  });
});

const hasBash = spawnSync('bash', ['--version']).status === 0;

describe.skipIf(!hasBash)('in bash', () => {
  const bin = temporaryFolder({
    exp: `#!/bin/sh\nexec "${process.execPath}" "${join(repositoryRoot, 'bin/exp.mjs')}" "$@"\n`,
  });
  chmodSync(join(bin, 'exp'), 0o755);
  const script = exp(['completion', 'bash'], { cwd: folder }).stdout;

  /** What bash offers after its Tab key. */
  function tab(...words: string[]): readonly string[] {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const program = [
      'eval "$SCRIPT"',
      'complete -p exp >&2 || exit 1',
      `COMP_WORDS=(exp ${quoted}); COMP_CWORD=${words.length}`,
      '_exp_complete 2>/dev/null',
      'printf "%s\\n" "$' + '{COMPREPLY[@]}"',
    ].join('\n');
    const { stdout, status } = spawnSync('bash', ['--norc', '-c', program], {
      cwd: folder,
      env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, SCRIPT: script },
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    return stdout.trimEnd().split('\n').sort();
  }

  it('completes commands, files with blanks, profiles and files of any kind', () => {
    expect(tab('che')).toEqual(['check']);
    expect(tab('run', 'm')).toEqual(['more files/']);
    expect(tab('run', 'two.exp', '-e', 'small', '--profile', 'l')).toEqual(['lab', 'local']);
    expect(tab('weights', 'inspect', 'wei')).toEqual(['weights.pt']);
  }, 60_000);
});

it.each(['bash', 'zsh', 'fish'])('`exp completion %s` prints a script that asks exp itself', async (shell) => {
  const { stdout, exitCode } = await expInProcess(['completion', shell], { cwd: folder });
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`completion ${shell} -- `);
  const syntax = spawnSync(shell, ['-n'], { input: stdout });
  // Where the shell is not installed there is nothing to read it.
  if (syntax.error === undefined) expect(syntax.stderr.toString()).toBe('');
});
