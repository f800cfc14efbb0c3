import type { Layer } from '../bind/bound.ts';
import type { ResolvedExperiment } from '../resolve/resolve-experiment.ts';

/**
 * Whether a profile or `--set` shortens a schedule that was written with more epochs in mind: a trial run, which is not to
 * be told that the warm-up or the patience of the whole experiment is too long for it.
 */
export function isTrial({ origins }: ResolvedExperiment, path: string): boolean {
  const layerOf = (at: string): Layer['kind'] => {
    const origin = origins.get(at);
    return origin?.kind === 'written' ? origin.written.layer.kind : 'experiment';
  };
  return layerOf('schedule.epochs') !== 'experiment' && layerOf(path) === 'experiment';
}
