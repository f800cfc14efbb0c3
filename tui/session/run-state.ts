import { stateOfRun } from '../../runtime/events/accumulate.ts';
import { readEvents } from '../../runtime/events/read.ts';
import type { RunState } from '../../runtime/events/run-state.ts';
import { readPlanFile } from '../../runtime/run/run-folder.ts';

/** How a run stands, from its record. */
export function loadRunState(runDir: string): RunState {
  return stateOfRun(readEvents(runDir), readPlanFile(runDir).plan.schedule.keepBest);
}
