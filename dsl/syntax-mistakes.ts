import type { IToken } from 'chevrotain';
import type * as A from './ast.ts';
import type { Diagnostic } from './diagnostic.ts';
import { isKeyword } from './keywords.ts';
import { type Span, spanText } from './source.ts';
import { reportSyntax } from './syntax-diagnostics.ts';

/** What the grammar reports: where the mistake is, and what mends it. */

export function valueMissing(span: Span, before: string): Diagnostic {
  return reportSyntax('EXP1101', span, { before }, { label: 'a value belongs here' });
}

/** `schedule: {`, as YAML and JSON have it. */
export function colonBeforeBlock(missing: Span, before: string, colon: IToken, brace: IToken): Diagnostic {
  const span = { ...missing, start: colon.startOffset, end: brace.startOffset };
  const fix = { title: 'remove `:`', span, replacement: ' ' };
  return reportSyntax('EXP1101', missing, { before }, { label: 'a block has no `:` before its `{`', fix });
}

export function nameMissing(span: Span, before: string): Diagnostic {
  return reportSyntax('EXP1112', span, { before }, { label: 'a name belongs here' });
}

export function unexpected(span: Span, found: string, where: string): Diagnostic {
  return reportSyntax('EXP1105', span, { found: shortened(found), where });
}

export function unexpectedWord(word: A.Reference, before: string): Diagnostic {
  return unexpected(word.span, word.text, `after \`${before}\``);
}

/** @param sign where the `=` stands */
export function equalsForColon(name: A.Name | A.Reference, sign: Span): Diagnostic {
  const gap = /^[ \t]*/.exec(sign.file.text.slice(sign.end))?.[0] ?? '';
  const span = { ...sign, start: name.span.end, end: sign.end + gap.length };
  const fix = { title: 'use `:`', span, replacement: ': ' };
  return reportSyntax('EXP1103', sign, { name: name.text }, { fix });
}

export function colonMissing(name: A.Reference): Diagnostic {
  const span = { ...name.span, start: name.span.end };
  return reportSyntax('EXP1102', span, { name: name.text }, { fix: { title: 'insert `:`', span, replacement: ':' } });
}

export function nameAlone(name: A.Reference): Diagnostic {
  if (isKeyword(name.text)) return braceMissing(name.text, { ...name.span, start: name.span.end });
  return reportSyntax('EXP1104', name.span, { name: name.text }, { label: 'a name without a value or a block' });
}

export function braceMissing(header: string, span: Span): Diagnostic {
  return reportSyntax('EXP1307', span, { header }, { label: '`{` belongs here' });
}

/** @param joined the words joined by underscores */
export function spacedName(span: Span, joined: string): Diagnostic {
  const fix = { title: `write \`${joined}\``, span, replacement: joined };
  return reportSyntax('EXP1107', span, { name: shortened(spanText(span)) }, { fix });
}

export function dottedName(name: A.Reference): Diagnostic {
  const replacement = name.text.replaceAll('.', '-');
  const fix = { title: `write \`${replacement}\``, span: name.span, replacement };
  const label = 'dots are for what is looked up in something else';
  return reportSyntax('EXP1008', name.span, { name: shortened(name.text) }, { label, fix });
}

export function quotedName(string: A.StringLiteral): Diagnostic {
  const replacement = (string.value.match(/[A-Za-z0-9_]+/g) ?? []).join('-');
  const isName = /^[A-Za-z_]/.test(replacement);
  return reportSyntax(
    'EXP1008',
    string.span,
    { name: shortened(string.text) },
    {
      label: 'names stand without quotes',
      ...(isName ? { fix: { title: `write \`${replacement}\``, span: string.span, replacement } } : {}),
    },
  );
}

export function spacedSize(span: Span, parts: readonly string[], unit: string | null): Diagnostic {
  const replacement = `${parts.join('x')}${unit === null ? '' : ` ${unit}`}`;
  return reportSyntax('EXP1110', span, {}, { fix: { title: `write \`${replacement}\``, span, replacement } });
}

export function tooManyDots(span: Span): Diagnostic {
  return reportSyntax(
    'EXP1111',
    span,
    {},
    { label: 'two dots', fix: { title: 'use two dots', span, replacement: '..' } },
  );
}

export function openRange(span: Span): Diagnostic {
  return reportSyntax('EXP1111', span, {}, { label: 'a number is missing' });
}

export function tooLarge(number: A.NumberLiteral): Diagnostic {
  return reportSyntax('EXP1006', number.span, { text: shortened(number.text) }, { label: 'too large' });
}

export function needlessComma(span: Span): Diagnostic {
  const fix = { title: 'remove it', span, replacement: '' };
  return reportSyntax('EXP1105', span, { found: ',', where: 'without a value before it' }, { fix });
}

/** @param item what stands after the missing comma */
export function commaMissing(item: Span): Diagnostic {
  const before = item.file.text.slice(0, item.start).trimEnd().length;
  const fix = { title: 'insert `,`', span: { ...item, start: before, end: item.start }, replacement: ', ' };
  return reportSyntax('EXP1108', { ...item, end: item.start + 1 }, { found: shortened(spanText(item)) }, { fix });
}

/** @param end where the word `import` ends */
export function importPathMissing(end: Span): Diagnostic {
  const [, gap = '', path = ''] = /^([ \t]*)([^\s"';{}]*)/.exec(end.file.text.slice(end.start)) ?? [];
  if (path === '') return reportSyntax('EXP1303', end, {});
  const start = end.start + gap.length;
  const span = { ...end, start, end: start + path.length };
  return reportSyntax('EXP1303', span, {}, { fix: { title: 'put it in quotes', span, replacement: `"${path}"` } });
}

export function parameterIncomplete(span: Span, missing: string): Diagnostic {
  return reportSyntax('EXP1304', span, { missing }, { help: 'for example `param lr: number = 1e-4`' });
}

export function expectationIncomplete(span: Span, missing: string): Diagnostic {
  return reportSyntax('EXP1305', span, { missing }, { help: 'for example `expect val.dice >= 0.80`' });
}

/** @param meant the comparison that it looks like */
export function unknownComparison(span: Span, operator: string, meant: string | null): Diagnostic {
  const fix = meant === null ? {} : { fix: { title: `write \`${meant}\``, span, replacement: meant } };
  return reportSyntax('EXP1306', span, { operator }, { label: 'one of `>=`, `<=`, `>` and `<`', ...fix });
}

/** @param statement the first of those that stand outside */
export function outsideExperiment(statement: Span): Diagnostic {
  const name = /^[^:(]*/.exec(shortened(spanText(statement)))?.[0].trim() ?? '';
  const span = { ...statement, end: statement.start + name.length };
  return reportSyntax('EXP1301', span, { name }, { help: 'settings stand in `experiment NAME { … }` or in a block' });
}

export function belongsAtTop(statement: Span, keyword: string): Diagnostic {
  return reportSyntax('EXP1302', { ...statement, end: statement.start + keyword.length }, { keyword });
}

const LONGEST_SHOWN = 30;

/** The first line of a text, as far as a message can show it. */
export function shortened(text: string): string {
  const line = text.split(/[\r\n]/, 1)[0] ?? '';
  return line.length > LONGEST_SHOWN || line !== text ? `${line.slice(0, LONGEST_SHOWN)}…` : text;
}
