import { sizeAt } from './shapes.ts';
import type { Shape } from './types.ts';

/**
 * The same permutation at the lowest rank: axes of size 1 vanish, and axes that stay neighbours become one. Kernels have
 * fast paths for few axes and a slow general one.
 *
 * @returns null when no element moves, so that a reshape does it
 */
export function lowestRankTranspose(
  shape: Shape,
  permutation: readonly number[],
): { readonly shape: Shape; readonly permutation: readonly number[] } | null {
  // Runs of input axes that follow each other in the output as well, in output order.
  const runs: number[][] = [];
  for (const axis of permutation) {
    if (sizeAt(shape, axis) === 1) continue;
    const run = runs.at(-1);
    const previous = run?.at(-1);
    if (run !== undefined && previous !== undefined && follows(shape, previous, axis)) run.push(axis);
    else runs.push([axis]);
  }
  const inInputOrder = [...runs].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
  if (runs.every((run, index) => run === inInputOrder[index])) return null;
  return {
    shape: inInputOrder.map((run) => run.reduce((product, axis) => product * sizeAt(shape, axis), 1)),
    permutation: runs.map((run) => inInputOrder.indexOf(run)),
  };
}

/** Whether `next` comes right after `axis`, apart from axes of size 1. */
function follows(shape: Shape, axis: number, next: number): boolean {
  for (let between = axis + 1; between < next; between++) if (shape[between] !== 1) return false;
  return next > axis;
}
