import type { Block, Call, Expression, Reference, Setting } from '../../dsl/ast.ts';
import { reportName } from '../diagnostics/names-and-types.ts';
import type { FieldTable, TableValue } from '../fields/field.ts';
import { STOP, SWEEP, SWEEP_SETTINGS } from '../fields/sweep.ts';
import { resolveTable } from '../resolve/resolve-table.ts';
import { bindCall } from './bind-setting.ts';
import type { BoundAxis, BoundRecord, BoundStop, BoundSweep, SweepStrategy } from './bound.ts';
import type { BindContext } from './context.ts';
import { reportTwice, wrongForm } from './report.ts';

/** `sweep { … }` as written: which settings vary, and over which expressions. What they stand for comes with the matrix. */

/** @returns null after a diagnostic was reported */
export function bindSweep(member: Block | Setting, context: BindContext): BoundSweep | null {
  const { layer } = context;
  if (member.kind === 'setting') {
    const { name, value } = member;
    if (value.kind === 'reference' && value.text === 'none') {
      return { span: value.span, layer, strategy: null, axes: [], stop: null, off: true };
    }
    if (value.kind !== 'missing') {
      wrongForm(context, name, 'a block', 'a setting', 'for example `sweep { optimizer.learning_rate: [1e-4, 3e-4] }`');
    }
    return null;
  }
  const { axes, stop } = bindMembers(member, context);
  const strategy = bindStrategy(member, context);
  return { span: member.keyword.span, layer, strategy, axes, stop: stop && bindStop(stop, context), off: false };
}

function bindStrategy({ keyword, variant }: Block, context: BindContext): SweepStrategy | null {
  const written: Reference | Call = variant ?? { kind: 'reference', span: keyword.span, text: 'grid' };
  const bound = bindCall('sweep', written, SWEEP, context);
  if (bound.kind !== 'record') return null;
  if (bound.variant !== 'random') return { kind: 'grid' };
  const values = argumentsOf(bound, SWEEP.variants.random.arguments, context);
  return values === null ? null : { kind: 'random', ...values };
}

/** `stop: halving(…)`. @returns null after a diagnostic was reported */
function bindStop(value: Expression, context: BindContext): BoundStop | null {
  const bound = bindCall('stop', value, STOP, context);
  if (bound.kind !== 'record') return null;
  const values = argumentsOf(bound, STOP.variants.halving.arguments, context);
  return values === null ? null : { span: bound.span, value: { kind: 'halving', ...values } };
}

function argumentsOf<F extends FieldTable>(
  { variant, span, incomplete, arguments: given }: BoundRecord,
  fields: F,
  context: BindContext,
): TableValue<F> | null {
  const owner = { label: `\`${variant}\``, span, incomplete };
  const resolution = {
    report: context.report,
    origins: new Map(),
    broken: new Set<string>(),
    incomplete: new Set<string>(),
  };
  const { values, complete } = resolveTable(fields, given, '', owner, resolution);
  return complete ? values : null;
}

function bindMembers(
  block: Block,
  context: BindContext,
): { readonly axes: readonly BoundAxis[]; readonly stop: Expression | null } {
  const axes = new Map<string, BoundAxis>();
  for (const member of block.body ?? []) {
    switch (member.kind) {
      case 'setting': {
        const earlier = axes.get(member.name.text);
        if (earlier !== undefined) reportTwice(context, member.name.text, member.name.span, earlier.path.span);
        else if (member.name.text !== '') axes.set(member.name.text, { path: member.name, values: member.value });
        break;
      }
      case 'block':
        wrongForm(
          context,
          member.keyword,
          'a setting',
          'a block',
          `name what varies by its path: \`${member.keyword.text}.NAME: [ … ]\``,
        );
        break;
      case 'callStatement':
      case 'expectation':
        context.report(
          reportName(
            'EXP2101',
            member.span,
            { name: member.kind === 'expectation' ? 'expect' : member.call.callee.text, owner: '`sweep`' },
            { help: 'a sweep names settings and the values to try: `optimizer.learning_rate: [1e-4, 3e-4]`' },
          ),
        );
        break;
      // Reported by the parser.
      case 'parameter':
      case 'broken':
        break;
    }
  }
  const all = [...axes.values()];
  return {
    axes: all.filter(({ path }) => !isSetting(path)),
    stop: all.find(({ path }) => isSetting(path))?.values ?? null,
  };
}

/** What the sweep says of itself. */
function isSetting({ text }: Reference): boolean {
  return Object.hasOwn(SWEEP_SETTINGS, text);
}
