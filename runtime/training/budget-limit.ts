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

/** A run, and the events of its attempts before this one. */
interface Spender {
  readonly id: string;
  readonly earlier: readonly RunEvent[];
}

/**
 * @param now milliseconds, of a clock that does not jump
 */
export function limitByBudget(
  budget: Budget | null,
  plan: Plan,
  { id, earlier }: Spender,
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
      return budget !== null && spent() >= limit ? budgetSpent(spendText(spendOf(spent(), plan), budget), id) : null;
    },
  };
}

/** @param id of the run, or of the sweep or folds */
export function budgetSpent(text: string, id: string): BudgetError {
  return new BudgetError(`the budget is used up: ${text}`, {
    // A shell takes `$` for itself where there are no quotes.
    help: `the last checkpoint is kept; continue with more: exp resume ${id} --set 'budget=…'`,
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
