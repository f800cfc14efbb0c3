import type { MetricPoint } from './run-state.ts';

/** The first of the best points; null where none has a finite value. */
export function bestPoint(points: readonly MetricPoint[], mode: 'max' | 'min'): MetricPoint | null {
  return points
    .filter(({ value }) => Number.isFinite(value))
    .reduce<MetricPoint | null>((best, point) => (best === null || isBetter(point, best, mode) ? point : best), null);
}

export function isBetter(a: MetricPoint, b: MetricPoint, mode: 'max' | 'min'): boolean {
  return mode === 'min' ? a.value < b.value : a.value > b.value;
}
