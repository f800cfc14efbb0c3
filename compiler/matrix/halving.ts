import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { BoundStop } from '../bind/bound.ts';
import { reportMatrix } from '../diagnostics/matrix.ts';
import type { Halving } from '../plan/matrix.ts';
import type { Plan } from '../plan/schema.ts';

/** `stop: halving(after: 5 epochs, factor: 3)`: where runs of a sweep are compared, and what that saves. */

/** What runs that are compared have in common. */
export type ComparedSchedule = Pick<Plan['schedule'], 'epochs' | 'validateEveryEpochs'>;

/**
 * @param schedulesOf those of all runs, as far as they could be read
 * @returns null after a diagnostic was reported
 */
export function planHalving(
  { span, value }: BoundStop,
  folds: number | null,
  schedulesOf: () => readonly ComparedSchedule[],
  report: (diagnostic: Diagnostic) => void,
): Halving | null {
  if (folds !== null) {
    report(reportMatrix('EXP2409', span, {}, { help: 'halve without `folds`, then cross-validate the best setting' }));
    return null;
  }
  const schedules = schedulesOf();
  const [first] = schedules;
  if (first === undefined) return null;
  const path = differingPath(first, schedules);
  if (path !== null) {
    report(reportMatrix('EXP2410', span, { path }, { help: `sweep \`${path}\` without \`stop\`` }));
    return null;
  }
  const { epochs, validateEveryEpochs } = first;
  const rungs = rungsOf(value, epochs, validateEveryEpochs);
  if (rungs.length === 0) {
    const parameters = { after: value.after.value, epochs };
    report(reportMatrix('EXP2411', span, parameters, { help: 'compare earlier, or remove `stop`' }));
    return null;
  }
  return { factor: value.factor, rungs };
}

/** Each at the first validation from `after · factorᵏ` epochs on. */
function rungsOf({ after, factor }: BoundStop['value'], epochs: number, validateEvery: number): number[] {
  const rungs = new Set<number>();
  for (let epoch = after.value; epoch < epochs; epoch *= factor)
    rungs.add(Math.ceil(epoch / validateEvery) * validateEvery);
  return [...rungs].filter((epoch) => epoch < epochs);
}

function differingPath(
  { epochs, validateEveryEpochs }: ComparedSchedule,
  schedules: readonly ComparedSchedule[],
): string | null {
  if (schedules.some((other) => other.epochs !== epochs)) return 'schedule.epochs';
  return schedules.some((other) => other.validateEveryEpochs !== validateEveryEpochs) ? 'schedule.validate' : null;
}

/** The share of all epochs that is left where no more than the best `1 / factor`, and at least one, train on from each rung. */
export function leastShare({ factor, rungs }: Halving, plans: readonly Plan[]): number {
  const epochs = plans[0]?.schedule.epochs ?? 0;
  if (epochs === 0) return 1;
  let trained = 0;
  for (const [index, until] of [...rungs, epochs].entries()) {
    const runs = Math.max(1, Math.floor(plans.length / factor ** index));
    trained += runs * (until - (rungs[index - 1] ?? 0));
  }
  return trained / (plans.length * epochs);
}
