import type { PlanInference } from '../../compiler/plan/schema.ts';

/** Which axes of a window run backwards. */
export type Flip = readonly [boolean, boolean, boolean];

const AXES = ['x', 'y', 'z'] as const;

/**
 * Every combination of mirrored axes, the window as it is first: `[x, y, z]` gives eight.
 *
 * @see nnU-Net predict_from_raw_data, _internal_maybe_mirror_and_predict
 */
export function flipsOf(axes: PlanInference['flips']): readonly Flip[] {
  let flips: readonly Flip[] = [[false, false, false]];
  for (const axis of new Set(axes)) {
    const mirrored = flips.map(([x, y, z]): Flip => [axis === 'x' || x, axis === 'y' || y, axis === 'z' || z]);
    flips = [...flips, ...mirrored];
  }
  return flips;
}

/** `x,y` as on the command line. @returns null for anything else */
export function parseAxes(text: string): PlanInference['flips'] | null {
  const axes = text.split(',').map((word) => AXES.find((axis) => axis === word.trim()));
  const known = axes.filter((axis) => axis !== undefined);
  return known.length === axes.length ? known : null;
}
