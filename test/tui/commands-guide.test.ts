import { expect, it } from 'vitest';
import { COMMANDS } from '../../tui/commands/table.ts';
import { exitCodes } from '../../tui/exit-codes.ts';
import { expInProcess, temporaryFolder } from '../helpers/cli.ts';

const folder = temporaryFolder();

/** docs/commands.md says what the commands say; after a change of options `npx vitest run test/tui/commands-guide.test.ts -u` writes it anew. */
it('docs/commands.md lists the commands with their options, and the exit codes', async () => {
  const sections: string[] = [];
  for (const { name, summary, examples } of COMMANDS) {
    const { stdout } = await expInProcess([name, '--help'], { cwd: folder });
    sections.push(
      [`## exp ${name}`, '', `${summary}.`, '', '```text', ...examples, '```', '', ...tables(stdout)]
        .join('\n')
        .trimEnd(),
    );
  }
  const codes = exitCodes().map(({ code, meaning }) => `| ${code} | ${meaning} |`);
  const head = [
    '# Commands',
    '',
    '`exp help run` says the same of `exp run`. Nothing asks a question where there is no terminal. `--json` of a run gives its events',
    '([events.schema.json](events.schema.json)), that of a plan the plan ([plan.schema.json](plan.schema.json),',
    '[matrix.schema.json](matrix.schema.json) for a sweep or folds).',
    '',
    '| exit code | what it says |',
    '| --- | --- |',
    ...codes,
  ].join('\n');
  await expect(`${[head, ...sections].join('\n\n')}\n`).toMatchFileSnapshot('../../docs/commands.md');
});

/** Options and the commands within a command, as its help lists them. */
function tables(help: string): readonly string[] {
  return (['Options', 'Commands'] as const).flatMap((title) => {
    const [, block = ''] = new RegExp(`\\n${title}:\\n([\\s\\S]*?)(?:\\n\\n|$)`).exec(help) ?? [];
    const rows = [...joined(block).matchAll(/^ {2}(\S.*?) {2,}(\S.*)$/gm)]
      .filter(([, term = '']) => !/^(-h, --help|help )/.test(term))
      .map(([, term = '', text = '']) => `| \`${cell(term)}\` | ${cell(text)} |`);
    const column = title === 'Options' ? 'option' : 'command';
    return rows.length === 0 ? [] : [`| ${column} | what it does |`, '| --- | --- |', ...rows, ''];
  });
}

/** Descriptions that the help has wrapped, in one line again. */
function joined(block: string): string {
  return block.replace(/\n {4,}(?=\S)/g, ' ');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
