import { hostname } from 'node:os';
import type { Plan } from '../../compiler/plan/schema.ts';
import type { Band } from '../../compiler/planner/throughput.ts';
import { readEvents } from '../../runtime/events/read.ts';
import { stateOfRun } from '../../runtime/events/reduce.ts';
import { listRuns, readPlanFile } from '../../runtime/run/run-folder.ts';

/** Seconds a step, from earlier runs on this machine. Without one there is no honest figure. */
export interface Pace {
  readonly secondsPerStep: number;
  /** The band, as a factor up and down. */
  readonly factor: number;
  readonly basis: string;
}

/** Seconds of a step, from and to. */
export function bandOf({ secondsPerStep, factor }: Pace): Band {
  return { low: secondsPerStep / factor, high: secondsPerStep * factor };
}

/** Runs looked at, newest first: older ones tell of another engine. */
const RUNS_READ = 20;
/** The spread of step times of equal plans on a machine that does other things as well. */
const SAME_STEP_FACTOR = 1.25;
/** Throughput differs between layer shapes: what one model reaches, another may miss by half. */
const SCALED_FACTOR = 2;

/** A run of the same step if there is one, else the latest run's throughput for this step's FLOPs. */
export function measuredPace(runsDir: string, plan: Plan): Pace | null {
  let scaled: Pace | null = null;
  for (const { id, dir } of listRuns(runsDir).slice(0, RUNS_READ)) {
    try {
      const earlier = readPlanFile(dir).plan;
      const { secondsPerStep, run } = stateOfRun(readEvents(dir));
      if (secondsPerStep === null || run?.host !== hostname() || earlier.environment.name !== plan.environment.name)
        continue;
      if (earlier.facts.stepFlops === plan.facts.stepFlops && earlier.model.name === plan.model.name)
        return { secondsPerStep, factor: SAME_STEP_FACTOR, basis: `measured in ${id}` };
      scaled ??= {
        secondsPerStep: secondsPerStep * (plan.facts.stepFlops / earlier.facts.stepFlops),
        factor: SCALED_FACTOR,
        basis: `scaled by FLOPs from ${id}`,
      };
    } catch {
      // A damaged run tells nothing; the next one may.
    }
  }
  return scaled;
}
