import { assertNever } from '../../dsl/assert-never.ts';
import type { Block, Member } from '../../dsl/ast.ts';
import type { Span } from '../../dsl/source.ts';
import { reportName } from '../diagnostics/names-and-types.ts';
import type { BlockChoice, CallList, Field, FieldTable, Group } from '../fields/field.ts';
import { quotedList } from '../names.ts';
import { mergeTables } from '../resolve/merge.ts';
import { type BoundMembers, bindArguments, bindSetting, bindVariantCall, NO_MEMBERS } from './bind-setting.ts';
import type { BoundCalls, BoundRecord, BoundValue } from './bound.ts';
import type { BindContext } from './context.ts';
import { fieldOf, variantOf } from './lookup.ts';
import {
  broken,
  reportNotYet,
  reportNoVariant,
  reportTwice,
  reportUnknown,
  unwantedVariant,
  wrongForm,
} from './report.ts';

/** Members of blocks → bound values, by the field tables. */

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
  inherited: ReadonlyMap<string, BoundValue> = NO_MEMBERS,
): BoundMembers {
  const bound = new Map<string, BoundValue>();
  let incomplete = false;
  const add = (member: Member, name: string, span: Span, bind: () => BoundValue) => {
    const earlier = bound.get(name);
    if (earlier === undefined) bound.set(name, context.remember(member, bind));
    else reportTwice(context, name, span, earlier.span);
  };
  for (const member of members) {
    switch (member.kind) {
      case 'setting': {
        const field = fieldOf(table, member.name.text);
        if (field === undefined) {
          incomplete = true;
          reportUnknown(context, member.name, table, owner);
        } else {
          const { name, value } = member;
          add(member, name.text, name.span, () => bindSetting(name, value, field, context));
        }
        break;
      }
      case 'block': {
        const field = fieldOf(table, member.keyword.text);
        if (field === undefined) {
          incomplete = true;
          reportUnknown(context, member.keyword, table, owner);
        } else {
          const { text, span } = member.keyword;
          add(member, text, span, () => bindBlock(member, field, context, inherited.get(text)));
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

export function bindBlock(
  block: Block,
  field: Field,
  context: BindContext,
  inherited: BoundValue | undefined,
): BoundValue {
  const { type } = field;
  const name = block.keyword;
  if (block.label !== null) {
    const help = `leave \`${block.label.text}\` out, or move the block out of the experiment and use it by its name`;
    context.report(reportName('EXP2013', block.label.span, { block: name.text, name: block.label.text }, { help }));
  }
  switch (type.kind) {
    case 'scalar':
      return wrongForm(context, name, 'a setting', 'a block', `for example \`${name.text}: ${type.example}\``);
    case 'callChoice': {
      const example = Object.keys(type.variants)[0] ?? '';
      return wrongForm(context, name, 'a setting', 'a block', `for example \`${name.text}: ${example}(…)\``);
    }
    case 'group': {
      if (block.variant === null) return bindGroup(block, type, context);
      const named = findNamed(block, type, context);
      return named?.kind === 'record' ? madeFrom(named, bindGroup(block, type, context)) : broken(context, name.span);
    }
    case 'callList': {
      if (block.variant === null) return bindCallList(block, type, context);
      const named = findNamed(block, type, context);
      if (named?.kind !== 'calls') return broken(context, name.span);
      if (block.body === null) return { ...named, span: name.span, layer: context.layer };
      const help = 'lists replace: leave the braces out to use the block, or the name to write a list of its own';
      return wrongForm(context, name, 'a name without braces', 'both', help);
    }
    case 'blockChoice':
      return bindBlockChoice(block, type, context, inherited);
    default:
      return assertNever(type);
  }
}

/** The block whose name stands in the place of a variant; null after a diagnostic was reported. */
function findNamed(block: Block, type: Group | CallList, context: BindContext): BoundValue | null {
  const { keyword, variant } = block;
  const names = context.blocks.names(type);
  const named = variant?.kind === 'reference' ? context.blocks.find(type, variant.text) : undefined;
  if (named !== undefined) return named;
  if (variant?.kind === 'reference' && names.length > 0) {
    if (!context.incomplete) reportNoVariant(context, variant, `\`${keyword.text}\` called`, names);
  } else if (!context.incomplete) unwantedVariant(context, block, keyword.text);
  return null;
}

/** The use of a block by its name: it takes the place of what was there, with what its own braces say on top. */
function madeFrom(named: BoundRecord, use: BoundRecord): BoundRecord {
  return {
    ...use,
    variant: named.variant,
    arguments: mergeTables(named.arguments, use.arguments),
    settings: mergeTables(named.settings, use.settings),
    replaces: true,
    incomplete: named.incomplete || use.incomplete,
  };
}

function bindGroup(block: Block, type: Group, context: BindContext): BoundRecord {
  const owner = `\`${block.keyword.text}\``;
  const { table, incomplete } = bindMembers(block.body ?? [], type.fields, owner, context);
  return {
    kind: 'record',
    span: block.keyword.span,
    layer: context.layer,
    variant: null,
    arguments: NO_MEMBERS,
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
  const named = written === null ? undefined : context.blocks.find(type, written.text);
  if (named?.kind === 'broken') return broken(context, span);
  const model = named ?? (written === null ? inherited : undefined);
  const name = model?.kind === 'record' ? model.variant : (written?.text ?? null);
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
    if (written !== null && !context.incomplete) {
      const names = [...Object.keys(type.variants), ...context.blocks.names(type)];
      if (type.notYet?.includes(name)) reportNotYet(context, written, type.noun, names);
      else reportNoVariant(context, written, type.noun, names);
    }
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
  const record: BoundRecord = {
    kind: 'record',
    span,
    layer: context.layer,
    variant: written === null ? null : name,
    arguments: bound.table,
    settings: members.table,
    replaces: false,
    incomplete: bound.incomplete || members.incomplete,
  };
  return named?.kind === 'record' ? madeFrom(named, record) : record;
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
