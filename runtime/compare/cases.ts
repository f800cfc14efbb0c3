import type { RunEvent } from '../events/schema.ts';

/** By subject, then by metric. */
export type MeasuredCases = ReadonlyMap<string, Readonly<Record<string, number>>>;

/** What is known of each single case: of the best validation, and where it was predicted at the end, of that. */
export function casesOf(events: readonly RunEvent[], bestEpoch: number | null): MeasuredCases {
  const cases = new Map<string, Readonly<Record<string, number>>>();
  for (const event of events) {
    if (event.type === 'validation_case' && event.epoch === bestEpoch) cases.set(event.subject, event.metrics);
  }
  for (const event of events) if (event.type === 'prediction') cases.set(event.subject, event.metrics);
  return cases;
}
