import type { Plan } from '../../compiler/plan/schema.ts';
import { stateOfRun } from '../events/accumulate.ts';
import { readEvents } from '../events/read.ts';
import type { EventWriter } from '../events/write.ts';
import { writeResults } from './write-results.ts';

/** Writes the results of a run that comes to its end. A picture that cannot be written fails no training. */
export function recordResults(runDir: string, plan: Plan, events: EventWriter): void {
  try {
    const recorded = readEvents(runDir);
    writeResults(runDir, recorded, stateOfRun(recorded, plan.schedule.keepBest));
  } catch (error) {
    const message = `the results could not be written: ${error instanceof Error ? error.message : String(error)}`;
    events.write({ type: 'log', level: 'warning', message });
  }
}
