import type { Block, Name, Reference } from '../../dsl/ast.ts';
import type { Span } from '../../dsl/source.ts';
import { reportName } from '../diagnostics/names-and-types.ts';
import { EXPERIMENT } from '../fields/experiment.ts';
import type { Field, FieldType } from '../fields/field.ts';
import { bindBlock } from './bind-table.ts';
import type { BoundValue } from './bound.ts';
import { type BindContext, type NamedBlocks, NO_BLOCKS } from './context.ts';
import { fieldOf, variantOf } from './lookup.ts';
import { broken, reportTwice, reportUnknown } from './report.ts';

/**
 * Blocks that stand outside of the experiments and are used by name, in the place of the variant:
 *
 *     dataset organ bids("data/organ") { image: "T1w"  label: "desc-manual_dseg"  foreground: [1] }
 *     experiment a { dataset organ { spacing: 1.0x1.0x1.0 mm } }
 *
 * A use takes the whole block; what stands in the braces of the use overrides by name, lists replace. Where a profile or a
 * derived experiment uses a block, it takes the place of what was there and does not mix with it. A block may itself be
 * made from another one (`model big small { … }`).
 */
export function bindNamedBlocks(declared: readonly Block[], context: BindContext): NamedBlocks {
  const byType = new Map<FieldType, Map<string, Declared>>();
  const blocks: NamedBlocks = {
    find: (type, name) => {
      const found = byType.get(type)?.get(name);
      return found === undefined ? undefined : bindOnce(found);
    },
    names: (type) => [...(byType.get(type)?.keys() ?? [])],
  };
  const inside: BindContext = { ...context, blocks };
  /** Those that are being bound, each made from the next. */
  const way: Declared[] = [];

  const bindOnce = (one: Declared): BoundValue => {
    if (one.bound !== null) return one.bound;
    const start = way.indexOf(one);
    if (start !== -1) {
      reportCycle(way.slice(start), context);
      return broken(context, one.name.span);
    }
    way.push(one);
    one.bound = bindBlock(one.block, one.field, inside, undefined);
    way.pop();
    return one.bound;
  };

  const all = declared.flatMap((block) => declare(block, context) ?? []);
  for (const one of all) {
    const ofType = byType.get(one.field.type) ?? new Map<string, Declared>();
    const earlier = ofType.get(one.name.text);
    byType.set(one.field.type, ofType);
    if (earlier === undefined) ofType.set(one.name.text, one);
    else reportTwice(context, one.name.text, one.name.span, earlier.name.span);
  }
  for (const one of all) bindOnce(one);
  return all.length === 0 ? NO_BLOCKS : blocks;
}

interface Declared {
  readonly name: Name | Reference;
  readonly field: Field;
  /** As it would stand in an experiment: without its name. */
  readonly block: Block;
  bound: BoundValue | null;
}

/** @returns null after a diagnostic was reported */
function declare(block: Block, context: BindContext): Declared | null {
  const { keyword, label, variant } = block;
  const field = fieldOf(EXPERIMENT, keyword.text);
  if (field === undefined || field.type.kind === 'scalar' || field.type.kind === 'callChoice') {
    reportUnknown(context, keyword, {}, 'the file');
    return null;
  }
  const { type } = field;
  const needs = (owner: string, what: string, span: Span): null => {
    const form = type.kind === 'blockChoice' ? ` ${Object.keys(type.variants)[0]}` : '';
    const help = `for example \`${keyword.text} NAME${form} { … }\``;
    context.report(reportName('EXP2006', span, { owner, name: what }, { help }));
    return null;
  };
  const isVariant = (name: string) => type.kind === 'blockChoice' && variantOf(type.variants, name) !== undefined;
  const outside = `\`${keyword.text}\` outside of an experiment`;
  if (label === null) {
    if (variant === null) return needs(outside, 'a name', keyword.span);
    if (variant.kind === 'call' || isVariant(variant.text)) return needs(outside, 'a name', variant.span);
    if (type.kind === 'blockChoice')
      return needs(`\`${keyword.text} ${variant.text}\``, `a ${type.noun} after it`, variant.span);
    return { name: variant, field, block: { ...block, variant: null }, bound: null };
  }
  if (type.kind === 'blockChoice' && isVariant(label.text)) {
    const help = 'give the block another name';
    context.report(reportName('EXP2012', label.span, { name: label.text, noun: type.noun }, { help }));
    return null;
  }
  return { name: label, field, block: { ...block, label: null }, bound: null };
}

function reportCycle(way: readonly Declared[], context: BindContext): void {
  const [first] = way;
  const last = way[way.length - 1];
  if (first === undefined || last === undefined) return;
  const cycle = [...way, first].map((one) => one.name.text).join(' → ');
  const related = way.slice(0, -1).map((one, index) => ({
    span: one.name.span,
    message: `made from \`${way[index + 1]?.name.text}\``,
  }));
  context.report(reportName('EXP2010', last.name.span, { name: first.name.text, cycle }, { related }));
}
