import { describeStep, memoryOfStep } from '../graph/facts.ts';
import type { TrainingSettings } from '../graph/programs.ts';
import type { Workload } from '../graph/workload.ts';
import { canonicalShared } from '../plan/canonical.ts';
import type { StepMemory } from '../plan/memory-need.ts';
import type { ModelFacts, Plan } from '../plan/schema.ts';
import { NO_SHARING, type Sharing } from '../sharing.ts';

/** Building the graph of a step takes a good part of a second, and several profiles, or keystrokes, share one. */
const KEPT = 32;
const known = new Map<string, ModelFacts>();
/** Found again by the facts that a plan carries, without another look at its settings. */
const workloads = new WeakMap<ModelFacts, Workload>();

const knownMemory = new Map<string, StepMemory>();

export function factsOf(settings: TrainingSettings, sharing: Sharing = NO_SHARING): ModelFacts {
  return remembered(known, keyOf(settings, sharing), () => factsBeingBuilt(settings));
}

/** Only what a step holds, with every activation kept: half of the work. */
export function memoryOf(settings: TrainingSettings, sharing: Sharing = NO_SHARING): StepMemory {
  const key = keyOf(settings, sharing);
  return known.get(key) ?? remembered(knownMemory, key, () => memoryOfStep(settings));
}

function keyOf(settings: TrainingSettings, sharing: Sharing): string {
  return canonicalShared({ ...settings, optimizer: structureOf(settings.optimizer) }, sharing);
}

function remembered<T>(found: Map<string, T>, key: string, make: () => T): T {
  const value = found.get(key) ?? make();
  // The one used last goes to the end, so that the first is the one to forget.
  found.delete(key);
  found.set(key, value);
  const [oldest] = found.keys();
  if (found.size > KEPT && oldest !== undefined) found.delete(oldest);
  return value;
}

/** What a step of the plan computes and moves. Builds the graph where the plan was read instead of made. */
export function workloadOf(plan: Plan): Workload {
  const found = workloads.get(plan.facts);
  if (found !== undefined) return found;
  const { workload } = describeStep(plan);
  workloads.set(plan.facts, workload);
  return workload;
}

function factsBeingBuilt(settings: TrainingSettings): ModelFacts {
  const { facts, workload } = describeStep(settings);
  workloads.set(facts, workload);
  return facts;
}

/**
 * The graph of an update has a place for each rate and decay, whatever its value, and none for those that are off: ten
 * thousand learning rates of a sweep are one graph.
 */
function structureOf(optimizer: TrainingSettings['optimizer']): string {
  return Object.entries(optimizer)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? value !== 0 : value}`)
    .sort()
    .join();
}
