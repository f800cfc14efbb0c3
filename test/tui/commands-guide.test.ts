import { expect, it } from 'vitest';
import { COMMANDS } from '../../tui/commands/table.ts';
import { exitCodes } from '../../tui/exit-codes.ts';
import { DOCUMENTS } from '../../tui/json/documents.ts';
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
    sections.push(...documents(name));
  }
  const codes = exitCodes().map(({ code, meaning }) => `| ${code} | ${meaning} |`);
  const head = [
    '# Commands',
    '',
    '`exp help run` says the same of `exp run`. Nothing asks a question where there is no terminal. What commands print with `--json`',
    'has the schemas that are named with them; a test holds each to its own. The events of a run have',
    '[events.schema.json](events.schema.json). `plan.json` of its folder has [plan.schema.json](plan.schema.json), and `exp plan FILE --json`',
    'prints what stands there as `plan`; of a sweep or of folds it prints [matrix.schema.json](matrix.schema.json).',
    '',
    '| exit code | what it says |',
    '| --- | --- |',
    ...codes,
  ].join('\n');
  await expect(`${[head, ...sections].join('\n\n')}\n`).toMatchFileSnapshot('../../docs/commands.md');
});

/** The schemas of what a command prints for programs. */
function documents(command: string): readonly string[] {
  const rows = Object.entries(DOCUMENTS).flatMap(([name, document]) =>
    document.by
      .filter((by) => by.startsWith(`exp ${command} `))
      .map((by) => {
        const of = 'of' in document ? ` of ${document.of}` : '';
        return `| \`${by}\`${of} | [${name}.schema.json](schemas/${name}.schema.json) |`;
      }),
  );
  if (rows.length === 0) return [];
  return [['| prints JSON | schema |', '| --- | --- |', ...rows].join('\n')];
}

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
