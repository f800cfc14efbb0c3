import type { Block, Call, Reference, Setting } from '../../dsl/ast.ts';
import { reportName } from '../diagnostics/names-and-types.ts';
import { SWEEP } from '../fields/sweep.ts';
import { resolveTable } from '../resolve/resolve-table.ts';
import { bindCall } from './bind-setting.ts';
import type { BoundAxis, BoundSweep, SweepStrategy } from './bound.ts';
import type { BindContext } from './context.ts';
import { reportTwice, wrongForm } from './report.ts';

/** `sweep { … }` as written: which settings vary, and over which expressions. What they stand for comes with the matrix. */

/** @returns null after a diagnostic was reported */
export function bindSweep(member: Block | Setting, context: BindContext): BoundSweep | null {
  const { layer } = context;
  if (member.kind === 'setting') {
    const { name, value } = member;
    if (value.kind === 'reference' && value.text === 'none') {
      return { span: value.span, layer, strategy: null, axes: [], off: true };
    }
    if (value.kind !== 'missing') {
      wrongForm(context, name, 'a block', 'a setting', 'for example `sweep { optimizer.learning_rate: [1e-4, 3e-4] }`');
    }
    return null;
  }
  const axes = bindAxes(member, context);
  return { span: member.keyword.span, layer, strategy: bindStrategy(member, context), axes, off: false };
}

function bindStrategy({ keyword, variant }: Block, context: BindContext): SweepStrategy | null {
  const written: Reference | Call = variant ?? { kind: 'reference', span: keyword.span, text: 'grid' };
  const bound = bindCall('sweep', written, SWEEP, context);
  if (bound.kind !== 'record') return null;
  if (bound.variant !== 'random') return { kind: 'grid' };
  const owner = { label: '`random`', span: bound.span, incomplete: bound.incomplete };
  const resolution = {
    report: context.report,
    origins: new Map(),
    broken: new Set<string>(),
    incomplete: new Set<string>(),
  };
  const { values, complete } = resolveTable(SWEEP.variants.random.arguments, bound.arguments, '', owner, resolution);
  return complete ? { kind: 'random', ...values } : null;
}

function bindAxes(block: Block, context: BindContext): readonly BoundAxis[] {
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
  return [...axes.values()];
}
