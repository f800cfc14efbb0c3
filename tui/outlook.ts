import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Outlook } from '../compiler/outlook.ts';
import type { Band } from '../compiler/planner/throughput.ts';
import { DataError } from '../runtime/errors.ts';
import type { Context } from './context.ts';
import { bandOf, measuredPace } from './output/measured-pace.ts';
import { planDataFacts } from './output/plan-data.ts';

/** What this machine knows: the data sets on its disk, the runs in its folder, its cores. Runs of a sweep share the look. */
export function outlookHere(context: Context, file: string, runsDir: string): Outlook {
  const baseDir = dirname(resolve(context.cwd, file));
  const runs = resolve(context.cwd, runsDir);
  const paces = new Map<string, Band | null>();
  const steps = new Map<string, number | null>();
  return {
    cores: availableParallelism(),
    stepSeconds: (plan) =>
      once(paces, JSON.stringify([plan.model.name, plan.facts.stepFlops, plan.environment.name]), () => {
        const pace = measuredPace(runs, plan);
        return pace === null ? null : bandOf(pace);
      }),
    stepsPerEpoch: (plan) =>
      once(steps, JSON.stringify([plan.dataset, plan.seed, plan.sampling, plan.batchSize]), () => {
        const facts = planDataFacts(plan, baseDir);
        return facts instanceof DataError ? null : facts.stepsPerEpoch;
      }),
  };
}

function once<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
