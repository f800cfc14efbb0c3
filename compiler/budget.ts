import type { Diagnostic } from '../dsl/diagnostic.ts';
import type { Span } from '../dsl/source.ts';
import type { Analysis } from './analyse.ts';
import type { BoundExperiment, BoundProfile } from './bind/bound.ts';
import { reportRule } from './diagnostics/rules.ts';
import { estimate } from './estimate.ts';
import type { Outlook } from './outlook.ts';
import type { Plan } from './plan/schema.ts';
import type { Band } from './planner/throughput.ts';

/** `budget: $30, 20h` against what all runs of the experiment together will take, one after another. */

/**
 * @param plans those that can be estimated count; of the others nothing is known
 * @param least the share of it that runs take where others stop early: for the lower end of each band
 */
export function checkBudget(plans: Iterable<Plan>, span: Span, outlook: Outlook, least = 1): Diagnostic | null {
  let budget: Plan['budget'] = null;
  let runs = 0;
  const hours = { low: 0, high: 0 };
  const usd = { low: 0, high: 0 };
  for (const plan of plans) {
    const { scheduleSeconds, costUsd } = estimate(plan, outlook);
    budget = plan.budget;
    runs++;
    if (scheduleSeconds !== null) add(hours, scheduleSeconds, 1 / 3600);
    if (costUsd !== null) add(usd, costUsd, 1);
  }
  if (budget === null) return null;
  const what = runs === 1 ? 'training' : `training all ${runs} runs`;
  const limits = [
    { taken: usd, limit: budget.usd, show: dollars },
    { taken: hours, limit: budget.hours, show: hoursText },
  ];
  const help = 'an estimate from the arithmetic of a step; raise `budget`, or train less';
  for (const { taken, limit, show } of limits) {
    if (limit === null || taken.low * least <= limit) continue;
    const parameters = { what, amount: show(taken.low * least), limit: show(limit) };
    return reportRule('EXP3044', span, parameters, { help });
  }
  for (const { taken, limit, show } of limits) {
    if (limit === null || taken.high <= limit) continue;
    const parameters = { what, amount: show(taken.high), limit: show(limit) };
    return reportRule('EXP3045', span, parameters, { help: 'a run that reaches its budget stops with a checkpoint' });
  }
  return null;
}

/** Where the budget is given: on the command line, in the profile, in the experiment. */
export function budgetSpan({ overrides }: Analysis, experiment: BoundExperiment, profile: BoundProfile | null): Span {
  const set = overrides.findLast(({ path }) => path.text === 'budget');
  const written = profile?.body.table.get('budget') ?? experiment.body.table.get('budget');
  return set?.value.span ?? written?.span ?? experiment.nameSpan;
}

function add(sum: { low: number; high: number }, band: Band, factor: number): void {
  sum.low += band.low * factor;
  sum.high += band.high * factor;
}

function dollars(amount: number): string {
  return `$${amount.toFixed(2)}`;
}

function hoursText(hours: number): string {
  return hours < 1 ? `${(hours * 60).toFixed(1)} min` : `${hours.toFixed(1)} h`;
}
