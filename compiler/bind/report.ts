import type { Block, Expression, Name, Reference } from '../../dsl/ast.ts';
import type { DiagnosticOptions } from '../../dsl/diagnostic.ts';
import type { Span } from '../../dsl/source.ts';
import { suggestionFor } from '../diagnostics/did-you-mean.ts';
import { reportName } from '../diagnostics/names-and-types.ts';
import type { BlockChoice, CallList, Field, FieldTable, Group } from '../fields/field.ts';
import { pathsTo } from '../fields/field-places.ts';
import { foreignName } from '../fields/foreign-names.ts';
import { quotedList } from '../names.ts';
import { formInBlock } from './another-form.ts';
import type { BoundBroken } from './bound.ts';
import type { BindContext } from './context.ts';
import { nearestElsewhere, placesOf } from './elsewhere.ts';
import { variantOf } from './lookup.ts';

/** What binding reports of names that are unknown, given twice or written in another form. */

export function broken(context: BindContext, span: Span): BoundBroken {
  return { kind: 'broken', span, layer: context.layer };
}

export function reportTwice(context: BindContext, name: string, span: Span, earlier: Span): void {
  context.report(
    reportName(
      'EXP2005',
      span,
      { name },
      { related: [{ span: earlier, message: 'given here first' }], help: 'keep one of the two' },
    ),
  );
}

export function nearest(name: string, span: Span, candidates: readonly string[], callee: string): DiagnosticOptions {
  const found = suggestionFor(name, span, candidates);
  if (found !== null) return found;
  if (candidates.length === 0) return { help: `\`${callee}\` takes no arguments` };
  return { help: `it takes ${quotedList(candidates, 'and')}` };
}

/** A name that is not valid here: the nearest that is, or else the block where it belongs. */
export function reportUnknown(
  context: BindContext,
  name: Name | Reference,
  table: FieldTable,
  owner: string,
  validHere: readonly string[] = Object.keys(table),
): void {
  // An empty name was reported by the parser.
  if (name.text === '') return;
  context.report(reportName('EXP2101', name.span, { name: name.text, owner }, hintFor(name, validHere)));
}

function hintFor(name: Name | Reference, validHere: readonly string[]): DiagnosticOptions {
  const form = formInBlock(name);
  if (form !== null) return { help: form };
  const here = suggestionFor(name.text, name.span, validHere);
  const foreign = foreignName(name.text)?.name ?? '';
  if (here !== null && validHere.includes(foreign)) return here;
  const exactly = placesOf(name.text);
  if (exactly.length > 0) return { help: reach(name, name.text, exactly) };
  if (placesOf(foreign).length > 0) return { help: reach(name, foreign, placesOf(foreign)) };
  if (here !== null) return here;
  const elsewhere = nearestElsewhere(name.text);
  if (elsewhere !== null) return { help: reach(name, elsewhere, placesOf(elsewhere)) };
  return validHere.length > 0 && validHere.length <= 12 ? { help: `it has ${quotedList(validHere, 'and')}` } : {};
}

/** Where a setting is: on the command line by its path, where there is one, and in a file by its block. */
function reach(written: Name | Reference, meant: string, places: readonly string[]): string {
  const [path, ...others] = written.span.file.path === '--set' ? pathsTo(meant) : [];
  return path === undefined || others.length > 0 ? belongs(meant, places) : `write \`--set ${path}=…\``;
}

function belongs(name: string, places: readonly string[]): string {
  const shown = places.map((place) => (place.startsWith('the ') ? place : `\`${place}\``));
  return `\`${name}\` belongs in ${shown.length > 1 ? `${shown.slice(0, -1).join(', ')} or ${shown[shown.length - 1]}` : shown[0]}`;
}

export function reportNoVariant(
  context: BindContext,
  name: Reference,
  noun: string,
  candidates: readonly string[],
): void {
  const found = suggestionFor(name.text, name.span, candidates);
  const options = found ?? { help: `there is ${quotedList(candidates, 'and')}` };
  context.report(reportName('EXP2102', name.span, { noun, name: name.text }, options));
}

export function reportNotYet(context: BindContext, name: Reference, noun: string, candidates: readonly string[]): void {
  const help = `there is ${quotedList(candidates, 'and')}`;
  context.report(reportName('EXP2004', name.span, { what: `the ${noun} \`${name.text}\`` }, { help }));
}

export function wrongForm(
  context: BindContext,
  name: Name | Reference,
  expected: string,
  found: string,
  help: string,
): BoundBroken {
  context.report(reportName('EXP2007', name.span, { name: name.text, expected, found }, { help }));
  return broken(context, name.span);
}

export function unwantedVariant(context: BindContext, block: Block, name: string): BoundBroken {
  return wrongForm(context, block.keyword, 'a plain block', 'a block with a variant', `write \`${name} { … }\``);
}

export function formOf(name: string, field: Field): string {
  return field.type.kind === 'blockChoice' ? `a block with a variant` : `a block \`${name} { … }\``;
}

/** @param named the blocks of this type that may be used by name */
export function helpFor(
  name: string,
  value: Expression,
  type: BlockChoice | Group | CallList,
  named: readonly string[],
): string {
  const written = value.kind === 'call' ? value.callee.text : value.kind === 'reference' ? value.text : '';
  if (named.includes(written)) return `write \`${name} ${written}\``;
  if (type.kind !== 'blockChoice') return `write \`${name} { … }\``;
  const variant = variantOf(type.variants, written) === undefined ? Object.keys(type.variants)[0] : written;
  return `write \`${name} ${variant} { … }\``;
}
