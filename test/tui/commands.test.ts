import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunInfo } from '../../runtime/run/run-folder.ts';
import { COMMANDS } from '../../tui/commands/table.ts';
import { EXIT, type ExitCode } from '../../tui/exit-codes.ts';
import { SMALL } from '../compiler/example.ts';
import { expInProcess, temporaryFolder } from '../helpers/cli.ts';

/** What holds for every command. One that is added to the table fails here until it has its row. */

interface Row {
  /** A name that nothing has, without a terminal: it must answer at once, and ask nothing. */
  readonly wrong: readonly string[];
  readonly exitCode: ExitCode;
  /** How a program reads the result, or why none would. */
  readonly machine: '--json' | '--format' | 'a file' | 'the exit code' | 'a protocol' | 'text for people' | 'a script';
}

const NO_RUN = { exitCode: EXIT.failed } as const;
const ROWS: Readonly<Record<string, Row>> = {
  init: { wrong: ['new.exp', '--data', 'nowhere'], exitCode: EXIT.failed, machine: 'a file' },
  run: { wrong: ['smal.exp'], exitCode: EXIT.invalid, machine: '--json' },
  resume: { wrong: ['3f2b'], ...NO_RUN, machine: '--json' },
  watch: { wrong: ['3f2b'], ...NO_RUN, machine: '--json' },
  stop: { wrong: ['3f2b'], ...NO_RUN, machine: 'the exit code' },
  submit: { wrong: ['small.exp', '--to', 'slrm'], exitCode: EXIT.invalid, machine: 'a file' },
  predict: { wrong: ['nothing.pt', 'scan.nii.gz', '-o', 'out'], exitCode: EXIT.failed, machine: '--json' },
  evaluate: { wrong: ['nothing.pt'], exitCode: EXIT.failed, machine: '--json' },
  plan: { wrong: ['small.exp', '--profile', 'cloud-gpo'], exitCode: EXIT.invalid, machine: '--json' },
  calibrate: { wrong: ['--environment', 'workstaton.rtx-3090'], exitCode: EXIT.invalid, machine: '--json' },
  check: { wrong: ['smal.exp'], exitCode: EXIT.invalid, machine: '--format' },
  fix: { wrong: ['smal.exp'], exitCode: EXIT.invalid, machine: 'the exit code' },
  fmt: { wrong: ['smal.exp'], exitCode: EXIT.invalid, machine: 'the exit code' },
  explain: { wrong: ['EXP301'], exitCode: EXIT.invalid, machine: 'text for people' },
  runs: { wrong: ['pin', '3f2b'], ...NO_RUN, machine: '--json' },
  show: { wrong: ['3f2b'], ...NO_RUN, machine: '--json' },
  compare: { wrong: ['3f2b', 'latest'], ...NO_RUN, machine: '--json' },
  sync: { wrong: ['3f2b'], ...NO_RUN, machine: 'the exit code' },
  data: { wrong: ['check', 'nowhere'], exitCode: EXIT.failed, machine: '--json' },
  weights: { wrong: ['inspect', 'nothing.pt'], exitCode: EXIT.failed, machine: '--json' },
  setup: { wrong: ['--cpo'], exitCode: EXIT.invalid, machine: 'the exit code' },
  doctor: { wrong: ['--requir-gpu'], exitCode: EXIT.invalid, machine: '--json' },
  lsp: { wrong: ['--hlp'], exitCode: EXIT.invalid, machine: 'a protocol' },
  completion: { wrong: ['bsh'], exitCode: EXIT.invalid, machine: 'a script' },
};

const folder = temporaryFolder({ 'small.exp': SMALL });
const run = (...args: string[]) => expInProcess(args, { cwd: folder });

const RUN_ID = '20261124-1200-organ-3f2a';
mkdirSync(join(folder, 'runs', RUN_ID), { recursive: true });
const INFO: RunInfo = {
  version: 1,
  runId: RUN_ID,
  experiment: 'organ',
  profile: null,
  planId: 'a'.repeat(64),
  baseDir: folder,
  sourcePath: 'organ.exp',
  imports: [],
  createdAt: 0,
  group: null,
  budget: null,
  formerPlans: [],
};
writeFileSync(join(folder, 'runs', RUN_ID, 'run.json'), JSON.stringify(INFO));

/** The help of a command with that of the commands within it. */
async function wholeHelp(name: string): Promise<string> {
  const { stdout } = await run(name, '--help');
  const inner = [...(stdout.split('\nCommands:\n')[1] ?? '').matchAll(/^ {2}([a-z]+)/gm)].map(([, word = '']) => word);
  const more = await Promise.all(
    inner.filter((word) => word !== 'help').map(async (word) => (await run(name, word, '--help')).stdout),
  );
  return [stdout, ...more].join('\n');
}

describe('every command', () => {
  it('has its row here', () => {
    expect(Object.keys(ROWS).sort()).toEqual(COMMANDS.map(({ name }) => name).sort());
  });

  it.each(COMMANDS)('$name: its help has examples', async ({ name, examples }) => {
    const help = await wholeHelp(name);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(example).toContain(`exp ${name}`);
      expect(help).toContain(example);
    }
  });

  it.each(COMMANDS)('$name: a mistyped option is answered with the one that was meant', async ({ name }) => {
    const { exitCode, stdout, stderr } = await run(name, '--hepl');
    expect({ exitCode, stdout }).toEqual({ exitCode: EXIT.invalid, stdout: '' });
    expect(stderr).toBe(`error: unknown option '--hepl'\n(Did you mean --help?)\n(see \`exp ${name} --help\`)\n`);
  });

  it.each(Object.entries(ROWS))('%s: what cannot be meant is refused with what to do', async (name, row) => {
    const { exitCode, stdout, stderr } = await run(name, ...row.wrong);
    expect({ exitCode, stdout }).toEqual({ exitCode: row.exitCode, stdout: '' });
    expect(stderr).toMatch(/^error/);
    expect(stderr).toMatch(/help:|\(see `exp |did you mean|Did you mean/);
    expect(stderr).not.toMatch(/\n {4}at |stumbled/);
  });

  it.each(Object.entries(ROWS))('%s: a program can read what it may want to read', async (name, { machine }) => {
    const help = await wholeHelp(name);
    const offered = /^ +--json /m.test(help) ? '--json' : /^ +--format .*json/ms.test(help) ? '--format' : null;
    if (machine === '--json' || machine === '--format') expect(offered).toBe(machine);
  });
});

describe('names that are nearly right', () => {
  it.each([
    [['chek'], 'Did you mean check?'],
    [['help', 'rnu'], 'Did you mean run?'],
    [['data', 'chek'], 'Did you mean check?'],
    [['small.exp'], 'help: exp run small.exp'],
    [['run', 'small.exp', '--epochs', '3'], 'help: settings are given with --set: --set schedule.epochs=…'],
    [['plan', 'small.exp', '--lr=1e-3'], '--set optimizer.learning_rate=…'],
    [['plan', 'small.exp', '--set', 'epochs=3'], 'write `--set schedule.epochs=…`'],
    [['plan', 'small.exp', '--set', 'lr=1e-3'], 'write `--set optimizer.learning_rate=…`'],
    [['run', 'smal.exp'], 'did you mean small.exp?'],
    [['plan', 'small.exp', '--experiment', 'smal'], 'did you mean `small`?'],
    [['plan', 'small.exp', '--profile', 'cloud-gpo'], 'did you mean `cloud-gpu`?'],
    [['plan', 'small.exp', '--set', 'optimizer.learning_rat=1'], 'did you mean `learning_rate`?'],
    [['show', '3f2b'], `did you mean ${RUN_ID}?`],
    [['show', '20261124-1200-organ-3f2'], RUN_ID],
    [['submit', 'small.exp', '--to', 'slrm'], 'did you mean slurm?'],
  ])('%j: %s', async (args, answer) => {
    const { stdout, stderr } = await run(...args);
    expect(stdout + stderr).toContain(answer);
  });
});
