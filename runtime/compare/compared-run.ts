import type { Plan } from '../../compiler/plan/schema.ts';
import { readEvents } from '../events/read.ts';
import { stateOfRun } from '../events/reduce.ts';
import type { RunState } from '../events/run-state.ts';
import type { RunEvent } from '../events/schema.ts';
import { type RunFolder, readPlanFile } from '../run/run-folder.ts';

/** A run with what a comparison needs of it. */
export interface ComparedRun {
  readonly id: string;
  readonly plan: Plan;
  readonly state: RunState;
  /** Metrics of single cases: of the predictions at the end, and before them of the best validation. */
  readonly cases: ReadonlyMap<string, Readonly<Record<string, number>>>;
}

/** @throws RunError when the folder holds no plan or no events can be read */
export function openComparedRun({ id, dir }: RunFolder): ComparedRun {
  const events = readEvents(dir);
  const { plan } = readPlanFile(dir);
  const state = stateOfRun(events, plan.schedule.keepBest);
  return { id, plan, state, cases: casesOf(events, state.best?.epoch ?? null) };
}

function casesOf(events: readonly RunEvent[], bestEpoch: number | null): ComparedRun['cases'] {
  const cases = new Map<string, Readonly<Record<string, number>>>();
  for (const event of events) {
    if (event.type === 'validation_case' && event.epoch === bestEpoch) cases.set(event.subject, event.metrics);
  }
  for (const event of events) if (event.type === 'prediction') cases.set(event.subject, event.metrics);
  return cases;
}
