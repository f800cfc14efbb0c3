import { assertNever } from '../../dsl/assert-never.ts';
import type { Argument, Block, Call, Expression, Member, Reference } from '../../dsl/ast.ts';
import type { Span } from '../../dsl/source.ts';
import { reportName } from '../diagnostics/names-and-types.ts';
import type { BlockChoice, CallChoice, CallList, Field, FieldTable, Group, VariantTable } from '../fields/field.ts';
import { mismatch } from '../fields/values/describe.ts';
import { quotedList } from '../names.ts';
import type { BoundBroken, BoundCalls, BoundRecord, BoundValue } from './bound.ts';
import { type BindContext, readerOf } from './context.ts';
import { fieldOf, variantOf } from './lookup.ts';
import {
  broken,
  formOf,
  helpFor,
  nearest,
  reportNoVariant,
  reportTwice,
  reportUnknown,
  unwantedVariant,
  wrongForm,
} from './report.ts';

/** Members of blocks and arguments of calls → bound values, by the field tables. */

export interface BoundMembers {
  readonly table: Map<string, BoundValue>;
  readonly incomplete: boolean;
}

const EMPTY: ReadonlyMap<string, BoundValue> = new Map();

/**
 * Binds the members of a block.
 *
 * @param owner completes "`x` is not a setting of …": `the experiment`, `` `schedule` ``
 * @param inherited what the block adds to, for blocks that leave out their variant
 */
export function bindMembers(
  members: readonly Member[],
  table: FieldTable,
  owner: string,
  context: BindContext,
  inherited: ReadonlyMap<string, BoundValue> = EMPTY,
): BoundMembers {
  const bound = new Map<string, BoundValue>();
  let incomplete = false;
  const add = (name: string, span: Span, bind: () => BoundValue) => {
    const earlier = bound.get(name);
    if (earlier === undefined) bound.set(name, bind());
    else reportTwice(context, name, span, earlier.span);
  };
  for (const member of members) {
    switch (member.kind) {
      case 'setting': {
        const field = fieldOf(table, member.name.text);
        if (field === undefined) {
          incomplete = true;
          reportUnknown(context, member.name, table, owner);
        } else add(member.name.text, member.name.span, () => bindSetting(member.name, member.value, field, context));
        break;
      }
      case 'block': {
        const field = fieldOf(table, member.keyword.text);
        if (field === undefined) {
          incomplete = true;
          reportUnknown(context, member.keyword, table, owner);
        } else {
          const { text, span } = member.keyword;
          add(text, span, () => bindBlock(member, field, context, inherited.get(text)));
        }
        break;
      }
      case 'callStatement':
        incomplete = true;
        reportUnknown(context, member.call.callee, table, owner);
        break;
      case 'expectation':
        incomplete = true;
        context.report(
          reportName('EXP2101', member.span, { name: 'expect', owner }, { help: '`expect` belongs in the experiment' }),
        );
        break;
      // Reported by the parser.
      case 'parameter':
      case 'broken':
        incomplete = true;
        break;
      default:
        assertNever(member);
    }
  }
  return { table: bound, incomplete };
}

function bindSetting(name: Reference, value: Expression, field: Field, context: BindContext): BoundValue {
  const { type } = field;
  switch (type.kind) {
    case 'scalar': {
      const result = type.read(value, readerOf(context, name.text));
      if (result === null) return broken(context, value.span);
      return { kind: 'leaf', value: result.value, span: context.givenAt(value), layer: context.layer };
    }
    case 'callChoice':
      return bindCall(name.text, value, type, context);
    case 'blockChoice':
    case 'group':
    case 'callList':
      if (value.kind === 'missing') return broken(context, name.span);
      return wrongForm(context, name, formOf(name.text, field), 'a setting', helpFor(name.text, value, type));
    default:
      return assertNever(type);
  }
}

function bindBlock(block: Block, field: Field, context: BindContext, inherited: BoundValue | undefined): BoundValue {
  const { type } = field;
  const name = block.keyword;
  if (block.label !== null) {
    const what = `a name for \`${name.text}\``;
    context.report(reportName('EXP2004', block.label.span, { what }, { help: `leave \`${block.label.text}\` out` }));
  }
  switch (type.kind) {
    case 'scalar':
      return wrongForm(context, name, 'a setting', 'a block', `for example \`${name.text}: ${type.example}\``);
    case 'callChoice': {
      const example = Object.keys(type.variants)[0] ?? '';
      return wrongForm(context, name, 'a setting', 'a block', `for example \`${name.text}: ${example}(…)\``);
    }
    case 'group':
      if (block.variant !== null) return unwantedVariant(context, block, name.text);
      return bindGroup(block, type, context);
    case 'callList':
      if (block.variant !== null) return unwantedVariant(context, block, name.text);
      return bindCallList(block, type, context);
    case 'blockChoice':
      return bindBlockChoice(block, type, context, inherited);
    default:
      return assertNever(type);
  }
}

function bindGroup(block: Block, type: Group, context: BindContext): BoundRecord {
  const owner = `\`${block.keyword.text}\``;
  const { table, incomplete } = bindMembers(block.body ?? [], type.fields, owner, context);
  return {
    kind: 'record',
    span: block.keyword.span,
    layer: context.layer,
    variant: null,
    arguments: EMPTY,
    settings: table,
    replaces: false,
    incomplete,
  };
}

function bindBlockChoice(
  block: Block,
  type: BlockChoice,
  context: BindContext,
  inherited: BoundValue | undefined,
): BoundValue {
  const keyword = block.keyword.text;
  const written = block.variant?.kind === 'call' ? block.variant.callee : block.variant;
  const span = written === null ? block.keyword.span : { ...block.keyword.span, end: written.span.end };
  const name = written?.text ?? (inherited?.kind === 'record' ? inherited.variant : null);
  if (name === null) {
    if (inherited?.kind !== 'broken') {
      context.report(
        reportName(
          'EXP2006',
          block.keyword.span,
          { owner: `\`${keyword}\``, name: `a ${type.noun} after it` },
          {
            help: `it is ${quotedList(Object.keys(type.variants))}: \`${keyword} ${Object.keys(type.variants)[0]} { … }\``,
          },
        ),
      );
    }
    return broken(context, block.keyword.span);
  }
  const variant = variantOf(type.variants, name);
  if (variant === undefined) {
    if (written !== null) reportNoVariant(context, written, type.noun, Object.keys(type.variants));
    return broken(context, span);
  }
  const given = block.variant?.kind === 'call' ? block.variant.arguments : [];
  const bound = bindArguments(given, variant.arguments, variant.positional, name, context);
  const members = bindMembers(
    block.body ?? [],
    { ...type.common, ...variant.settings },
    `\`${keyword} ${name}\``,
    context,
  );
  return {
    kind: 'record',
    span,
    layer: context.layer,
    variant: written === null ? null : name,
    arguments: bound.table,
    settings: members.table,
    replaces: false,
    incomplete: bound.incomplete || members.incomplete,
  };
}

function bindCallList(block: Block, type: CallList, context: BindContext): BoundCalls {
  const items: BoundRecord[] = [];
  let incomplete = false;
  for (const member of block.body ?? []) {
    if (member.kind === 'callStatement') {
      const item = bindVariantCall(member.call, type.noun, type.variants, context);
      if (item.kind === 'record') items.push(item);
      else incomplete = true;
      continue;
    }
    incomplete = true;
    if (member.kind === 'broken' || member.kind === 'parameter') continue;
    const found = member.kind === 'setting' ? member.name : member.kind === 'block' ? member.keyword : member.metric;
    if (variantOf(type.variants, found.text) === undefined) {
      reportUnknown(context, found, {}, `\`${block.keyword.text}\``, Object.keys(type.variants));
    } else {
      wrongForm(context, found, 'a call', 'a setting', `for example \`${found.text}(probability: 50%)\``);
    }
  }
  return { kind: 'calls', span: block.keyword.span, layer: context.layer, items, incomplete };
}

/** `optimizer: adamw(…)`, `loss: dice_cross_entropy` */
export function bindCall(field: string, expression: Expression, type: CallChoice, context: BindContext): BoundValue {
  const names = Object.keys(type.variants);
  if (expression.kind === 'reference' || expression.kind === 'call') {
    return bindVariantCall(expression, type.noun, type.variants, context);
  }
  mismatch(readerOf(context, field), expression, quotedList(names), `${field}: ${names[0]}(…)`);
  return broken(context, expression.span);
}

function bindVariantCall(
  expression: Call | Reference,
  noun: string,
  variants: VariantTable,
  context: BindContext,
): BoundRecord | BoundBroken {
  const callee = expression.kind === 'call' ? expression.callee : expression;
  const variant = variantOf(variants, callee.text);
  if (variant === undefined) {
    reportNoVariant(context, callee, noun, Object.keys(variants));
    return broken(context, expression.span);
  }
  const given = expression.kind === 'call' ? expression.arguments : [];
  const { table, incomplete } = bindArguments(given, variant.arguments, variant.positional, callee.text, context);
  return {
    kind: 'record',
    span: expression.span,
    layer: context.layer,
    variant: callee.text,
    arguments: table,
    settings: EMPTY,
    replaces: true,
    incomplete,
  };
}

function bindArguments(
  given: readonly Argument[],
  table: FieldTable,
  positional: string | null,
  callee: string,
  context: BindContext,
): BoundMembers {
  const bound = new Map<string, BoundValue>();
  let incomplete = false;
  for (const [index, argument] of given.entries()) {
    const name = argument.name?.text ?? (index === 0 ? positional : null);
    if (name === null) {
      incomplete = true;
      const names = Object.keys(table);
      const help = names.length === 0 ? `\`${callee}\` takes no arguments` : `it takes ${quotedList(names, 'and')}`;
      if (argument.value.kind !== 'missing') {
        context.report(reportName('EXP2107', argument.span, { callee }, { help }));
      }
      continue;
    }
    const span = argument.name?.span ?? argument.span;
    const field = fieldOf(table, name);
    if (field === undefined) {
      incomplete = true;
      context.report(reportName('EXP2103', span, { callee, name }, nearest(name, span, Object.keys(table), callee)));
      continue;
    }
    const earlier = bound.get(name);
    if (earlier !== undefined) reportTwice(context, name, span, earlier.span);
    else bound.set(name, bindSetting({ kind: 'reference', span, text: name }, argument.value, field, context));
  }
  return { table: bound, incomplete };
}
