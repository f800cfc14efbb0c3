import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../tui/commands/table.ts';
import { exp, expInProcess, temporaryFolder } from '../helpers/cli.ts';

const GOOD = `experiment tiny {
  dataset phantom(subjects: 6, size: 24, seed: 1) {
    split: 50% / 25% / 25%
  }
  model SegResNet {
    in_channels: 1
    out_channels: 2
    init_filters: 8
  }
  patch: 16x16x16
  batch_size: 1
  sampling: balanced(positive: 1, negative: 1, per_case: 1)
  loss: dice_cross_entropy(include_background: false)
  optimizer: adamw(learning_rate: 1e-3)
  schedule {
    epochs: 1
    validate: every 1 epochs
    keep_best: val.dice
  }
  metrics: [dice]
}
`;

const folder = temporaryFolder({
  'good.exp': GOOD,
  'wrong.exp': GOOD.replace('16x16x16', '17x16x16'),
  'untidy.exp': GOOD.replace('  model SegResNet {', '    model   SegResNet {'),
  'broken.exp': 'experiment x {',
});
const run = (...args: string[]) => expInProcess(args, { cwd: folder });

describe('the command line', () => {
  it('shows every command in its help', async () => {
    const { exitCode, stdout } = await run('--help');
    expect(exitCode).toBe(0);
    for (const { name } of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  it.each([
    ['run', 'missing.exp'],
    ['run', '.'],
    ['check', 'good.exp', '--format', 'xml'],
    ['run', 'good.exp', '--plain', '--json'],
    ['explain', 'EXP0000'],
    ['plan'],
  ])('answers a wrong command line with 1 and no stack: %s %s', async (...args) => {
    const { exitCode, stderr } = await run(...args);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error/);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  it('answers a run that does not exist with 2', async () => {
    for (const command of ['resume', 'watch', 'stop', 'show', 'sync']) {
      const { exitCode, stderr } = await run(command, 'nothing');
      expect([command, exitCode]).toEqual([command, 2]);
      expect(stderr).toContain('error[EXP4601]: there is no run nothing');
    }
  });
});

describe('the launcher', () => {
  it('hands the exit code and both streams to the shell', () => {
    const wrong = exp(['check', 'wrong.exp'], { cwd: folder });
    expect(wrong.exitCode).toBe(1);
    expect(wrong.stdout).toContain('error[EXP3012]');
    const missing = exp(['run', 'missing.exp'], { cwd: folder });
    expect(missing).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'error: there is no file missing.exp\n  help: `exp init` writes an .exp file\n',
    });
  });
});

describe('exp check', () => {
  it('says that a good file is good', async () => {
    expect(await run('check', 'good.exp')).toEqual({ exitCode: 0, stdout: '1 file, no mistakes\n', stderr: '' });
  });

  it('frames the mistake and exits with 1', async () => {
    const { exitCode, stdout } = await run('check', 'good.exp', 'wrong.exp');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('error[EXP3012]');
    expect(stdout).toContain('wrong.exp:10:10');
    expect(stdout).toMatch(/1 error\n$/);
  });

  it('reports as JSON and as SARIF', async () => {
    expect(JSON.parse((await run('check', '--format', 'json', 'wrong.exp')).stdout)[0]).toMatchObject({
      code: 'EXP3012',
    });
    const sarif = JSON.parse((await run('check', '--format', 'sarif', 'wrong.exp')).stdout);
    expect(sarif).toMatchObject({ version: '2.1.0', runs: [{ results: [{ ruleId: 'EXP3012' }] }] });
  });

  it('speaks ASCII where the locale has no more', async () => {
    const { stdout } = await expInProcess(['check', 'wrong.exp'], { cwd: folder, env: { LC_ALL: 'C' } });
    expect(stdout).toMatch(/^[\n -~]+$/);
  });
});

describe('exp fmt', () => {
  it('names files that are not formatted and changes nothing with --check', async () => {
    const before = readFileSync(join(folder, 'untidy.exp'), 'utf8');
    expect(await run('fmt', '--check', 'good.exp', 'untidy.exp')).toMatchObject({
      exitCode: 1,
      stdout: 'untidy.exp is not formatted\n',
    });
    expect(readFileSync(join(folder, 'untidy.exp'), 'utf8')).toBe(before);
  });

  it('formats in place, once', async () => {
    writeFileSync(join(folder, 'twice.exp'), readFileSync(join(folder, 'untidy.exp')));
    expect(await run('fmt', 'twice.exp')).toMatchObject({ exitCode: 0, stdout: 'twice.exp formatted\n' });
    expect(await run('fmt', 'twice.exp')).toMatchObject({ exitCode: 0, stdout: '' });
    expect(readFileSync(join(folder, 'twice.exp'), 'utf8')).toBe(GOOD);
  });

  it('leaves a broken file alone', async () => {
    const { exitCode, stderr } = await run('fmt', 'broken.exp');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('broken.exp is left as it is');
    expect(readFileSync(join(folder, 'broken.exp'), 'utf8')).toBe('experiment x {');
  });
});

describe('exp plan', () => {
  it('shows values with their origins, facts and a verdict', async () => {
    const { exitCode, stdout } = await run('plan', 'good.exp', '--set', 'optimizer.learning_rate=3e-4');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^optimizer\.learning_rate +0\.0003 +--set optimizer\.learning_rate=3e-4$/m);
    expect(stdout).toMatch(/^patch +\[16, 16, 16\] +good\.exp:10$/m);
    expect(stdout).toMatch(/^optimizer\.beta1 +0\.9 +default/m);
    expect(stdout).toMatch(/^data +phantoms: 3 train, 1 validation, 2 test; 3 steps an epoch$/m);
    expect(stdout).toMatch(/^verdict +fits /m);
    expect(stdout).toMatch(/^time +.* of training and validation; the start, reading the data, .* come beside it/m);
  });

  it('writes the same canonical bytes every time', async () => {
    const first = (await run('plan', 'good.exp', '--json')).stdout;
    expect((await run('plan', 'good.exp', '--json')).stdout).toBe(first);
    expect(JSON.parse(first)).toMatchObject({ version: 1, patch: [16, 16, 16] });
    expect(first).not.toContain(folder);
  });

  it('explains one value, in either spelling, and suggests for a mistyped one', async () => {
    const { stdout } = await run('plan', 'good.exp', '--explain', 'optimizer.learningRate');
    expect(stdout).toMatch(/^optimizer\.learning_rate = 0\.001$/m);
    expect(stdout).toMatch(/^ {2}default: .* 0\.0001$/m);
    expect(stdout).toMatch(/^ {2}good\.exp:14 +1e-3$/m);
    const { exitCode, stderr } = await run('plan', 'good.exp', '--explain', 'optimizer.learning_rat');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('did you mean optimizer.learning_rate?');
  });

  it('says what differs from a plan, another file, or another profile', async () => {
    const saved = (await run('plan', 'good.exp', '--json')).stdout;
    writeFileSync(join(folder, 'saved.json'), saved);
    writeFileSync(join(folder, 'other.exp'), GOOD.replace('epochs: 1\n', 'epochs: 3\n'));
    const set = ['--set', 'schedule.epochs=3'];
    const fromPlan = await run('plan', 'good.exp', ...set, '--diff', 'saved.json');
    expect(fromPlan.stdout).toMatch(/^ {2}schedule\.epochs +3 +→ +1$/m);
    expect(fromPlan.stdout).toMatch(/^1 value differs; \d+ values the same$/m);
    expect((await run('plan', 'good.exp', ...set, '--diff', 'other.exp')).stdout).toContain('the same plan');
    const profiles = await run('plan', 'good.exp', '--profile', 'local', '--diff-profile', 'cloud-gpu', '--json');
    const { before, after, changes } = JSON.parse(profiles.stdout);
    expect([before.name, after.name]).toEqual(['good.exp · local', 'good.exp · cloud-gpu']);
    expect(changes).toContainEqual({ path: 'workers', before: '0', after: '4' });
    expect(await run('plan', 'good.exp', '--diff', 'nothing.exp')).toMatchObject({ exitCode: 1 });
  });

  it('shows the network layer by layer, whose parameters add up', async () => {
    const layers = JSON.parse((await run('plan', 'good.exp', '--graph', '--json')).stdout);
    const parameters = layers.reduce((sum: number, layer: { parameters: number }) => sum + layer.parameters, 0);
    const { facts } = JSON.parse((await run('plan', 'good.exp', '--json')).stdout);
    expect(parameters).toBe(facts.parameters);
    const { stdout } = await run('plan', 'good.exp', '--graph');
    expect(stdout).toMatch(/^convInit\.conv +1×16×16×16×8 +216 /m);
  });

  it('has no plan for a profile that does not exist', async () => {
    const { exitCode, stderr, stdout } = await run('plan', 'good.exp', '--profile', 'cloud-gpo');
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('did you mean `cloud-gpu`?');
  });
});

describe('exp data phantom', () => {
  it('writes a BIDS data set', async () => {
    expect(await run('data', 'phantom', 'made', '--subjects', '2', '--size', '16')).toMatchObject({ exitCode: 0 });
    const description = JSON.parse(readFileSync(join(folder, 'made/dataset_description.json'), 'utf8'));
    expect(description).toMatchObject({ BIDSVersion: expect.any(String) });
  });
});
