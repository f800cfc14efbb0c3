/**
 * Where the median of what is measured lies with a probability of at least 95 %, whatever its distribution: from the k-th of the
 * values to the k-th last, as the number of values below the median is binomial.
 *
 * @returns null of fewer than six values, which cannot say
 */
export function medianInterval(values: readonly number[]): readonly [low: number, high: number] | null {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  let k = 0;
  // Of k values or fewer below the median, and the same above it.
  let outside = 0.5 ** n;
  for (let term = outside; 2 * outside <= 0.05; outside += term) {
    k++;
    term *= (n - k + 1) / k;
  }
  const [low, high] = [sorted[k - 1], sorted[n - k]];
  return low === undefined || high === undefined ? null : [low, high];
}
