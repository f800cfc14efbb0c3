import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SMALL } from '../compiler/example.ts';
import { expInProcess, temporaryFolder } from '../helpers/cli.ts';

const PHANTOM = SMALL.replace(/dataset bids[^}]*\}/, 'dataset organ');

const folder = temporaryFolder({
  'lab.exp': 'dataset organ phantom(subjects: 8) { foreground: [1]  split: 50% / 25% / 25% }\n',
  'one.exp': `import "lab.exp"\n${PHANTOM}`,
  'two.exp': `import "lab.exp"\n${PHANTOM}\n${PHANTOM.replace('small', 'other').replace('epochs: 10', 'epochs: 3')}`,
  'lost.exp': `import "labs.exp"\nimport "."\n${PHANTOM}`,
  'wrong.exp': `import "typo.exp"\n${PHANTOM}`,
  'typo.exp': 'dataset organ phantom(subjcts: 8) { foreground: [1] }\n',
  'secret.exp': `import "lab.exp"\n${PHANTOM.replace(/\}\n$/, '  track: mlflow(token: secret("LAB_TOKEN"))\n}\n')}`,
});
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  expInProcess(args, { cwd: folder, env });

describe('imports, from the disk', () => {
  it('are read, and origins name them', async () => {
    const { exitCode, stdout } = await run(['plan', 'one.exp', '--explain', 'dataset.source.subjects']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/lab\.exp:1 +8/);
  });

  it('are relative to the file, wherever exp is started', async () => {
    mkdirSync(join(folder, 'elsewhere'), { recursive: true });
    const { exitCode } = await expInProcess(['check', '../one.exp'], { cwd: join(folder, 'elsewhere') });
    expect(exitCode).toBe(0);
  });

  it('say why they cannot be read', async () => {
    const { exitCode, stdout } = await run(['check', 'lost.exp']);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('there is no file `labs.exp`');
    expect(stdout).toContain('is a folder');
    expect(stdout).toMatch(/2 errors\n$/);
  });

  it('show a mistake once, though two of the checked files hold it', async () => {
    const { stdout } = await run(['check', 'wrong.exp', 'typo.exp']);
    expect(stdout).toContain('typo.exp:1:23');
    expect(stdout).toMatch(/\n1 error\n$/);
  });
});

describe('a file of two experiments', () => {
  it('is checked whole, and planned by name', async () => {
    expect(await run(['check', 'two.exp'])).toMatchObject({ exitCode: 0 });
    const { exitCode, stderr } = await run(['plan', 'two.exp']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('`small` and `other`');
    expect(await run(['plan', 'two.exp', '--experiment', 'other', '--explain', 'schedule.epochs'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/two\.exp:13 +3/),
    });
  });
});

describe('a secret', () => {
  it('that is not set keeps a run from starting, and says so', async () => {
    const { exitCode, stderr } = await run(['run', 'secret.exp', '--plain']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('error[EXP4402]: the secret LAB_TOKEN has no value');
    expect(readdirSync(folder)).not.toContain('runs');
  });

  it('keeps a sweep from starting too', async () => {
    const sweep = 'sweep { optimizer.learning_rate: [1e-3, 1e-4] }';
    writeFileSync(join(folder, 'sweep.exp'), `import "secret.exp"\nexperiment many extends small { ${sweep} }\n`);
    const { exitCode, stderr } = await run(['run', 'sweep.exp', '--plain']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('error[EXP4402]');
    expect(readdirSync(folder)).not.toContain('runs');
  });

  it('stands in a plan by its name only', async () => {
    const { stdout } = await run(['plan', 'secret.exp', '--json'], { LAB_TOKEN: 'hunter2' });
    expect(JSON.parse(stdout)).toMatchObject({ track: { token: { secret: 'LAB_TOKEN' } } });
    expect(stdout).not.toContain('hunter2');
    expect((await run(['plan', 'secret.exp', '--json'])).stdout).toBe(stdout);
  });
});
