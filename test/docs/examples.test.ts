import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { locateBinding } from '../../runtime/engine/provision/locate.ts';
import { COMMANDS } from '../../tui/commands/table.ts';
import { expInProcess, temporaryFolder } from '../helpers/cli.ts';
import { commandsShown } from '../helpers/code-blocks.ts';
import { noMlflow } from '../helpers/mlflow-server.ts';
import { Editor } from '../tui/language-server/client.ts';
import { RULES, rulesFor } from './rules.ts';
import { Stage } from './stage.ts';

/**
 * The examples of every command, which docs/commands.md and the help show, are typed here one after another as they stand, on
 * phantoms and with small networks; so are the commands of experiments/README.md, and those in README.md and docs/environments.md
 * that stand in blocks of text. The blocks of `sh` of the other pages are typed in tests of their own.
 */

const PAGES = [
  ['experiments/README.md', 'sh'],
  ['README.md', 'text'],
  ['docs/environments.md', 'text'],
] as const;

/** First what looks, then what trains, then what works with what was trained. */
const TYPED = [
  'init data check fmt fix explain setup doctor completion',
  'run plan stop resume watch runs show compare sync weights predict evaluate submit',
].flatMap((names) => names.split(' '));
/** One measures for a minute, the other talks with an editor: each has a test of its own below. */
const APART = ['calibrate', 'lsp'];

const nameOf = (line: string) => /exp (\w+)/.exec(line)?.[1] ?? '';
const examples = COMMANDS.flatMap((command) => command.examples);
const shown = PAGES.flatMap(([page, language]) => commandsShown(page, language));
const lines = TYPED.flatMap((name) => [...new Set([...examples, ...shown])].filter((line) => nameOf(line) === name));

const missing = noMlflow() ?? (locateBinding() === null ? 'no native engine (exp setup)' : null);
const skipped = missing === null ? '' : ` (skipped: ${missing})`;

describe('the rules', () => {
  it('are for lines that are shown, and every line has one that says what it prints', () => {
    expect(COMMANDS.map(({ name }) => name).sort()).toEqual([...TYPED, ...APART].sort());
    expect(RULES.filter(({ of }) => !lines.some((line) => of.test(line)))).toEqual([]);
    const checked = (line: string) =>
      writtenBy(line).length > 0 || rulesFor(line).some(({ prints, tells }) => prints ?? tells) || isForPrograms(line);
    expect(lines.filter((line) => !checked(line))).toEqual([]);
  });
});

describe.skipIf(missing !== null)(`lines as they are typed${skipped}`, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  }, 120_000);
  afterAll(() => stage.close());

  it.each(lines)('%s', { timeout: 120_000 }, async (line) => {
    const rules = rulesFor(line);
    for (const { before } of rules) await before?.(stage);
    const settings = Object.assign({}, ...rules);
    const typed = stage.type(line, { ...settings, env: settings.env?.(stage) });
    expect(typed.exitCode, typed.stderr).toBe(settings.exitCode ?? 0);
    const tells = rules.flatMap((rule) => rule.tells ?? []);
    if (tells.length === 0) expect(typed.stderr).toBe('');
    for (const words of tells) expect(typed.stderr).toMatch(words);
    for (const { prints } of rules) if (prints !== undefined) expect(typed.stdout).toMatch(prints);
    if (isForPrograms(line)) expect(JSON.parse(typed.stdout)).toBeDefined();
    for (const file of writtenBy(line)) expect(existsSync(join(stage.folder, file)), file).toBe(true);
  });
});

/** What a line says that it writes. */
function writtenBy(line: string): readonly string[] {
  return [...line.matchAll(/ (?:-o|--html|>) (\S+)/g)].map(([, file = '']) => file);
}

function isForPrograms(line: string): boolean {
  return / --json(?! >)/.test(line);
}

vi.mock('../../compiler/catalogue/calibration.ts', async (original) => {
  const { CALIBRATION_EXPERIMENTS } = await original<typeof import('../../compiler/catalogue/calibration.ts')>();
  return { CALIBRATION_EXPERIMENTS: CALIBRATION_EXPERIMENTS.map(({ name, text }) => ({ name, text: smaller(text) })) };
});

/** A dozen steps of each network as ever, of a second instead of a minute. */
const smaller = (text: string) =>
  text
    .replace('size: 64', 'size: 24')
    .replace('patch: 64x64x64', 'patch: 16x16x16')
    .replace(/model .*/, 'model SegResNet { init_filters: 8  out_channels: 2 }');

describe.skipIf(missing !== null)(`exp calibrate, with small networks${skipped}`, () => {
  const folder = temporaryFolder({ 'lab.exp': 'environment lab.a100 { cpu: 2 cores  price: $0/h }\n' });
  const env = { ...process.env, EXP_CALIBRATION: 'on', EXP_CONFIG_DIR: join(folder, 'config') };

  it.each(examples.filter((line) => nameOf(line) === 'calibrate'))('%s', { timeout: 60_000 }, async (line) => {
    const { exitCode, stdout, stderr } = await expInProcess(line.split(' ').slice(1), { cwd: folder, env });
    // A machine that is busy with other things says nothing of itself, and that is told.
    expect(exitCode).toBe(stderr.includes('kept it busy') ? 2 : 0);
    expect(stdout).toMatch(/^ +a step +expected before +memory +expected before\nSegResNet.*\nSwinUNETR/m);
  });
});

it.each(examples.filter((line) => nameOf(line) === 'lsp'))('%s serves an editor', async (line) => {
  const editor = new Editor(temporaryFolder(), line.split(' ').slice(1));
  expect((await editor.start()).capabilities).toMatchObject({ hoverProvider: true });
  expect(await editor.stop()).toBe(0);
});
