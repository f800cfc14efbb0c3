import { modelFacts } from '../graph/facts.ts';
import type { TrainingSettings } from '../graph/programs.ts';
import { canonicalShared } from '../plan/canonical.ts';
import type { ModelFacts } from '../plan/schema.ts';
import { NO_SHARING, type Sharing } from '../sharing.ts';

/** Building the graph of a step takes a good part of a second, and several profiles, or keystrokes, share one. */
const KEPT = 32;
const known = new Map<string, ModelFacts>();

export function factsOf(settings: TrainingSettings, sharing: Sharing = NO_SHARING): ModelFacts {
  const key = canonicalShared({ ...settings, optimizer: structureOf(settings.optimizer) }, sharing);
  const facts = known.get(key) ?? modelFacts(settings);
  // The one used last goes to the end, so that the first is the one to forget.
  known.delete(key);
  known.set(key, facts);
  const [oldest] = known.keys();
  if (known.size > KEPT && oldest !== undefined) known.delete(oldest);
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
