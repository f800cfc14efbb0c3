import { assertNever } from '../../dsl/assert-never.ts';
import type { Argument, Call, Expression, Reference } from '../../dsl/ast.ts';
import { reportName } from '../diagnostics/names-and-types.ts';
import type { CallChoice, Field, FieldTable, VariantTable } from '../fields/field.ts';
import { mismatch } from '../fields/values/describe.ts';
import { quotedList } from '../names.ts';
import type { BoundBroken, BoundRecord, BoundValue } from './bound.ts';
import { type BindContext, readerOf } from './context.ts';
import { fieldOf, variantOf } from './lookup.ts';
import { broken, formOf, helpFor, nearest, reportNoVariant, reportTwice, wrongForm } from './report.ts';

/** Settings and calls → bound values, by the field tables. */

export interface BoundMembers {
  readonly table: Map<string, BoundValue>;
  readonly incomplete: boolean;
}

export const NO_MEMBERS: ReadonlyMap<string, BoundValue> = new Map();

export function bindSetting(name: Reference, value: Expression, field: Field, context: BindContext): BoundValue {
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
      return wrongForm(
        context,
        name,
        formOf(name.text, field),
        'a setting',
        helpFor(name.text, value, type, context.blocks.names(type)),
      );
    default:
      return assertNever(type);
  }
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

export function bindVariantCall(
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
    settings: NO_MEMBERS,
    replaces: true,
    incomplete,
  };
}

export function bindArguments(
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
