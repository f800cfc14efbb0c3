import { assertNever } from '../../dsl/assert-never.ts';
import type { Block, Expression, Name } from '../../dsl/ast.ts';
import { bindMembers } from '../bind/bind-table.ts';
import type { BoundBody, BoundCalls, BoundRecord, BoundTable, BoundValue } from '../bind/bound.ts';
import type { BindContext } from '../bind/context.ts';
import { fieldOf, variantOf } from '../bind/lookup.ts';
import type { Override } from '../bind/override.ts';
import { reportUnknown } from '../bind/report.ts';
import { reportName } from '../diagnostics/names-and-types.ts';
import { EXPERIMENT } from '../fields/experiment.ts';
import type { CallList, Field, FieldTable, FieldType } from '../fields/field.ts';
import { fieldOfPlannedName } from '../fields/field-places.ts';
import { mergeTables } from './merge.ts';

/** Applies one `--set` to the merged body. A path may lead into blocks and into the arguments of calls. */
export function applyOverride(body: BoundBody, override: Override, context: BindContext): BoundBody {
  const meant = fieldOfPlannedName(override.path.text);
  if (meant !== undefined) {
    const { written, field } = meant;
    const reason = `\`${override.path.text}\` is what the plan calls \`${written}\``;
    const help = `write it as the file does: \`--set '${written}=${field.type.kind === 'scalar' ? field.type.example : '…'}'\``;
    context.report(reportName('EXP2301', override.path.span, { text: override.text, reason }, { help }));
    return body;
  }
  const table = setIn(body.table, EXPERIMENT, override.segments, 'the experiment', override, context);
  return table === null ? body : { ...body, table };
}

/** @returns null after a diagnostic was reported */
function setIn(
  table: BoundTable,
  fields: FieldTable,
  segments: readonly Name[],
  owner: string,
  override: Override,
  context: BindContext,
): BoundTable | null {
  const [name, ...rest] = segments;
  if (name === undefined) return null;
  const field = fieldOf(fields, name.text);
  if (field === undefined) {
    reportUnknown(context, name, fields, owner);
    return null;
  }
  const earlier = table.get(name.text);
  if (rest.length === 0) return bindWhole(table, name, field, override, context);
  const value = setWithin(name, field, earlier, rest, override, context);
  return value === null ? null : new Map([...table, [name.text, value]]);
}

/** The path ends here: the value takes the place of what the layers below say. */
function bindWhole(
  table: BoundTable,
  name: Name,
  field: Field,
  override: Override,
  context: BindContext,
): BoundTable | null {
  const value = valueFor(field.type, override);
  if (value.kind === 'missing') {
    const reason = `\`${override.raw.text}\` is not a value`;
    context.report(reportName('EXP2301', override.raw.span, { text: override.text, reason }));
    return null;
  }
  const isBlock = field.type.kind !== 'scalar' && field.type.kind !== 'callChoice';
  const member =
    isBlock && (value.kind === 'reference' || value.kind === 'call')
      ? ({
          kind: 'block',
          span: value.span,
          keyword: name,
          label: null,
          variant: value,
          on: null,
          body: null,
        } satisfies Block)
      : { kind: 'setting' as const, span: value.span, name: { ...name, kind: 'reference' as const }, value };
  const bound = bindMembers([member], { [name.text]: field }, '', context);
  return mergeTables(table, bound.table);
}

/** Fields of text take it without quotes, so that a shell needs none. */
function valueFor(type: FieldType, { value, raw }: Override): Expression {
  const quoted =
    value.kind === 'string' ||
    (value.kind === 'call' && (value.callee.text === 'env' || value.callee.text === 'secret'));
  if (type.kind !== 'scalar' || !type.textual || quoted || value.kind === 'list') return value;
  return { kind: 'string', span: raw.span, value: raw.text, text: JSON.stringify(raw.text) };
}

function setWithin(
  name: Name,
  field: Field,
  earlier: BoundValue | undefined,
  rest: readonly Name[],
  override: Override,
  context: BindContext,
): BoundValue | null {
  const { type } = field;
  // Reported where it stands.
  if (earlier?.kind === 'broken') return null;
  const [next] = rest;
  if (next === undefined) return null;
  switch (type.kind) {
    case 'scalar':
      reportUnknown(context, next, {}, `\`${name.text}\``);
      return null;
    case 'callList':
      return earlier?.kind === 'calls'
        ? setInCalls(name, type, earlier, rest, override, context)
        : none(context, name, next);
    case 'group':
    case 'callChoice':
    case 'blockChoice': {
      const record = earlier?.kind === 'record' ? earlier : emptyRecord(field, name, context);
      if (record === null) return none(context, name, next);
      return setInRecord(name, type, record, rest, override, context);
    }
    default:
      return assertNever(type);
  }
}

function setInRecord(
  name: Name,
  type: Exclude<FieldType, { kind: 'scalar' | 'callList' }>,
  record: BoundRecord,
  rest: readonly Name[],
  override: Override,
  context: BindContext,
): BoundRecord | null {
  if (type.kind === 'group') {
    const settings = setIn(record.settings, type.fields, rest, `\`${name.text}\``, override, context);
    return settings === null ? null : { ...record, settings };
  }
  const variant = record.variant === null ? undefined : variantOf(type.variants, record.variant);
  if (variant === undefined) return null;
  const owner = type.kind === 'blockChoice' ? `\`${name.text} ${record.variant}\`` : `\`${record.variant}\``;
  const fields = type.kind === 'blockChoice' ? { ...type.common, ...variant.settings } : variant.settings;
  const [next] = rest;
  if (next !== undefined && fieldOf(fields, next.text) !== undefined) {
    const settings = setIn(record.settings, fields, rest, owner, override, context);
    return settings === null ? null : { ...record, settings };
  }
  if (next !== undefined && fieldOf(variant.arguments, next.text) === undefined) {
    reportUnknown(context, next, { ...fields, ...variant.arguments }, owner);
    return null;
  }
  const table = setIn(record.arguments, variant.arguments, rest, owner, override, context);
  return table === null ? null : { ...record, arguments: table };
}

/** `augment.flip.probability`: where there is one `flip`. */
function setInCalls(
  name: Name,
  type: CallList,
  calls: BoundCalls,
  rest: readonly Name[],
  override: Override,
  context: BindContext,
): BoundCalls | null {
  const [callee, ...inner] = rest;
  if (callee === undefined) return null;
  const matching = calls.items.filter((item) => item.variant === callee.text);
  const [item, second] = matching;
  const variant = variantOf(type.variants, callee.text);
  if (item === undefined || second !== undefined || variant === undefined || inner.length === 0) {
    return none(context, name, callee);
  }
  const table = setIn(item.arguments, variant.arguments, inner, `\`${callee.text}\``, override, context);
  if (table === null) return null;
  return { ...calls, items: calls.items.map((each) => (each === item ? { ...item, arguments: table } : each)) };
}

/** A record that only holds defaults, for a block that no layer writes. */
function emptyRecord({ type, presence }: Field, name: Name, context: BindContext): BoundRecord | null {
  const variant = presence.kind === 'default' && typeof presence.value === 'string' ? presence.value : null;
  if (type.kind !== 'group' && variant === null) return null;
  return {
    kind: 'record',
    span: name.span,
    layer: context.layer,
    variant,
    arguments: new Map(),
    settings: new Map(),
    replaces: false,
    incomplete: false,
  };
}

function none(context: BindContext, name: Name, next: Name): null {
  reportUnknown(context, next, {}, `\`${name.text}\``);
  return null;
}
