import { EngineError } from '../errors.ts';

/** @param what of the schedule, for the message */
export function known<X>(item: X | undefined, what: string): X {
  if (item === undefined) throw new EngineError(`The schedule is not consistent: ${what} is missing.`);
  return item;
}
