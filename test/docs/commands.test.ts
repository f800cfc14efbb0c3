import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageFile from '../../package.json' with { type: 'json' };
import { COMMANDS } from '../../tui/commands/table.ts';
import { readCommandLine } from '../../tui/program.ts';
import { contextFor } from '../helpers/cli.ts';
import { commandsShown } from '../helpers/code-blocks.ts';
import { repositoryRoot } from '../helpers/python.ts';

/**
 * Every command that a page shows, in its blocks and in its sentences, is one that `exp` takes: it exists, with its options,
 * their values and its arguments. What stands in blocks also runs: the guides and README.md in tests of their own, everything else in
 * examples.test.ts.
 */

const PAGES = ['README.md', ...pagesIn('docs'), ...pagesIn('experiments')];

const GUIDES = ['compare', 'data', 'environments', 'predict', 'submit', 'weights'];
const RUN_BY_THEMSELVES = ['README.md', ...GUIDES.map((name) => `docs/${name}.md`)];
const RUN_AS_EXAMPLES = ['docs/commands.md', 'experiments/README.md'];

function pagesIn(name: string): readonly string[] {
  const pages = readdirSync(join(repositoryRoot, name)).filter((file) => file.endsWith('.md'));
  return pages.map((file) => `${name}/${file}`);
}

function commandsIn(page: string): readonly string[] {
  const text = readFileSync(join(repositoryRoot, page), 'utf8');
  const blocks = [...text.matchAll(/^```(?:sh|text|)\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
    block.split('\n'),
  );
  const shown = blocks.map((line) => /^(?:\$ )?(?:npm ci && )?(?:npx )?(exp .*)$/.exec(line)?.[1] ?? '');
  const inSentences = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`(exp [a-z][^`]*)`/g)].map(
    ([, command = '']) => command,
  );
  return [...shown, ...inSentences].filter((command) => command !== '');
}

/** As a shell does, for what the pages use of one: quotes, comments, and no more after `>`, `|` or `;`. */
function wordsOf(command: string): readonly string[] {
  const [line = ''] = command.split(/ +#| [>|;&]/);
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)]
    .map(([, single, double, bare]) => single ?? double ?? bare ?? '')
    .slice(1);
}

/** In a sentence a command may stand for itself, `exp check`, without what it asks for. */
const ONLY_NAMED = /^error: missing required argument|^Usage:/;

async function problemOf(command: string): Promise<string> {
  const { context, stderr } = contextFor(repositoryRoot);
  await readCommandLine(wordsOf(command), context, async () => {});
  return ONLY_NAMED.test(stderr.text) ? '' : stderr.text;
}

describe('commands that are shown', () => {
  it.each(PAGES)('in %s are ones that exp takes', async (page) => {
    for (const command of commandsIn(page)) expect([command, await problemOf(command)]).toEqual([command, '']);
  });

  it.each(COMMANDS)('as examples of exp $name are ones that exp takes', async ({ examples }) => {
    for (const example of examples) {
      const [, command = ''] = /(exp .*?)(?:\)"|$)/.exec(example) ?? [];
      expect([example, await problemOf(command)]).toEqual([example, '']);
    }
  });

  it('stand in blocks of no other page than those that run', () => {
    const shows = (page: string) => ['sh', 'text', ''].some((language) => commandsShown(page, language).length > 0);
    expect(PAGES.filter(shows).sort()).toEqual([...RUN_BY_THEMSELVES, ...RUN_AS_EXAMPLES].sort());
  });

  it.each(PAGES)('of npm in %s are scripts of the project', (page) => {
    const named = [...readFileSync(join(repositoryRoot, page), 'utf8').matchAll(/npm run ([\w:]+)/g)];
    expect(named.map(([, name = '']) => name).filter((name) => !(name in packageFile.scripts))).toEqual([]);
  });

  it('are found', () => {
    expect(commandsIn('docs/submit.md')).toContain('exp submit status latest');
    expect(wordsOf("exp runs --where 'val.dice>0.8 a=b' --limit 5 # five")).toEqual([
      'runs',
      '--where',
      'val.dice>0.8 a=b',
      '--limit',
      '5',
    ]);
    expect(commandsIn('README.md').length).toBeGreaterThan(20);
  });

  it('would be refused with an option that is not there', async () => {
    expect(await problemOf('exp run organ.exp --jbos 2')).toContain('Did you mean --jobs?');
  });
});
