/** Quantiles of few numbers, as NumPy's `linear` has them. */

/** NaN of no values. @param part 0 the least, 0.5 the median, 1 the most; between two values in proportion */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * part;
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low === undefined || high === undefined ? Number.NaN : low + (high - low) * (place % 1);
}

/** NaN of no values. */
export function medianOf(values: readonly number[]): number {
  return quantile(values, 0.5);
}
