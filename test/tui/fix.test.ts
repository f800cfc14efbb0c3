import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SMALL } from '../compiler/example.ts';
import { expInProcess, temporaryFolder } from '../helpers/cli.ts';

const WRONG = SMALL.replace('patch', 'ptach').replace('"T1w"', "'T1w'");

const folder = temporaryFolder({
  'good.exp': SMALL,
  'wrong.exp': WRONG,
  'checked.exp': WRONG,
  'left.exp': WRONG.replace('10 }', '-1 }'),
});
const fix = (...args: string[]) => expInProcess(['fix', ...args], { cwd: folder });
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

describe('exp fix', () => {
  it('rewrites the file and says what it changed', async () => {
    const { exitCode, stdout } = await fix('wrong.exp');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^wrong\.exp:3:12: .*\(EXP1004: strings are written in double quotes\)$/m);
    expect(stdout).toMatch(/^wrong\.exp:8:3: write `patch` \(EXP2101: .*\)$/m);
    expect(stdout).toMatch(/^wrong\.exp: 2 fixes applied$/m);
    expect(read('wrong.exp')).toBe(SMALL);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('only says what it would do with --check', async () => {
    const { exitCode, stdout } = await fix('--check', 'checked.exp');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^checked\.exp: 2 fixes to apply$/m);
    expect(read('checked.exp')).toBe(WRONG);
  });

  it('says that there is nothing to fix', async () => {
    expect(await fix('good.exp')).toEqual({ exitCode: 0, stdout: 'good.exp: nothing to fix\n', stderr: '' });
  });

  it('shows what is left to mend by hand', async () => {
    const { exitCode, stderr } = await fix('left.exp');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('error[EXP2203]');
    expect(stderr).toMatch(/1 error to mend by hand/);
  });
});
