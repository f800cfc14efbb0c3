import type { Expectation, Member } from '../../dsl/ast.ts';
import { EXPERIMENT } from '../fields/experiment.ts';
import { mismatch } from '../fields/values/describe.ts';
import { fractionOf } from '../fields/values/numbers.ts';
import { bindSweep } from './bind-sweep.ts';
import { bindMembers } from './bind-table.ts';
import type { BoundBody, BoundExpectation, BoundSweep, BoundTable } from './bound.ts';
import { type BindContext, readerOf } from './context.ts';
import { reportTwice } from './report.ts';

/**
 * The settings of an experiment or a profile.
 *
 * @param owner completes "`x` is not a setting of …"
 * @param inherited what they add to, for blocks that leave out their variant
 */
export function bindBody(
  members: readonly Member[],
  owner: string,
  context: BindContext,
  inherited?: BoundTable,
): BoundBody {
  const expectations: BoundExpectation[] = [];
  const rest: Member[] = [];
  const sweeps: BoundSweep[] = [];
  let sweepBroken = false;
  for (const member of members) {
    const name = member.kind === 'block' ? member.keyword : member.kind === 'setting' ? member.name : null;
    if (name?.text === 'sweep' && (member.kind === 'block' || member.kind === 'setting')) {
      const [earlier] = sweeps;
      const bound = bindSweep(member, context);
      if (earlier !== undefined) reportTwice(context, 'sweep', name.span, earlier.span);
      else if (bound === null) sweepBroken = true;
      else sweeps.push(bound);
    } else if (member.kind === 'expectation') {
      const bound = bindExpectation(member, context);
      if (bound !== null) expectations.push(bound);
    } else rest.push(member);
  }
  const { table, incomplete } = bindMembers(rest, EXPERIMENT, owner, context, inherited);
  return { table, sweep: sweeps[0] ?? null, expectations, incomplete: incomplete || sweepBroken };
}

function bindExpectation(expectation: Expectation, context: BindContext): BoundExpectation | null {
  const { metric, operator, span } = expectation;
  const value = context.evaluate(expectation.value);
  if (value === null) return null;
  if (value.kind !== 'number' || (value.unit !== null && value.unit !== '%' && value.unit !== 'mm')) {
    mismatch(readerOf(context, 'expect'), value, 'a number to compare with', 'expect val.dice >= 0.80');
    return null;
  }
  return {
    span,
    layer: context.layer,
    metricSpan: metric.span,
    metric: metric.text,
    operator,
    value: fractionOf(value),
  };
}
