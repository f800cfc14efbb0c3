import type { Budget, Plan } from '../../compiler/plan/schema.ts';
import { BudgetError } from '../errors.ts';
import type { RunEvent } from '../events/schema.ts';
import { attemptsOf, secondsAtWork, secondsWithin, spendOf, spendText } from '../run/spend.ts';
import type { StopRequest } from './stop-request.ts';

/** The end of a budget, counted over all attempts of a run: also what a crash threw away was paid for. */
export interface BudgetLimit extends StopRequest {
  /** Why the run stops; null while there is something left. */
  readonly reached: BudgetError | null;
}

/**
 * @param earlier the events of the attempts before this one
 * @param now milliseconds, of a clock that does not jump
 */
export function limitByBudget(
  budget: Budget | null,
  plan: Plan,
  earlier: readonly RunEvent[],
  now: () => number = () => performance.now(),
): BudgetLimit {
  const startedAt = now();
  const before = secondsAtWork(attemptsOf(earlier));
  const limit = secondsWithin(budget, plan);
  const spent = () => before + (now() - startedAt) / 1000;
  return {
    get requested() {
      return spent() >= limit;
    },
    get reached() {
      return budget !== null && spent() >= limit ? budgetSpent(spendText(spendOf(spent(), plan), budget)) : null;
    },
  };
}

export function budgetSpent(text: string, name = 'RUN'): BudgetError {
  return new BudgetError(`the budget is used up: ${text}`, {
    help: `the last checkpoint is kept; continue with more: exp resume ${name} --set budget=…`,
  });
}

/** Stops for whichever asks first. */
export function eitherStop(a: StopRequest, b: StopRequest): StopRequest {
  return {
    get requested() {
      return a.requested || b.requested;
    },
  };
}
