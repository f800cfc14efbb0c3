import { countOverlaps } from './overlap.ts';
import { classBoxes, surfaceDistances } from './surface.ts';
import type { ClassComparison, LabelPair, SurfaceDistances } from './types.ts';

/** Compares two label maps class by class. @param classes K, background (0) included @returns classes 1 to K − 1 */
export function compareClasses(pair: LabelPair, classes: number): readonly ClassComparison[] {
  const boxes = once(() => classBoxes(pair, classes));
  return countOverlaps(pair, classes)
    .slice(1)
    .map((overlap, index) => ({
      classIndex: index + 1,
      overlap,
      surfaceDistances: once<SurfaceDistances>(() => surfaceDistances(pair, index + 1, boxes()[index + 1] ?? null)),
    }));
}

function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | null = null;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}
