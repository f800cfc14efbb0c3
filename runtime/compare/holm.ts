/**
 * Holm's step-down correction: p-values that stand side by side, each so large that all of them together err no more often
 * than a single one would. Holm 1979, Scandinavian Journal of Statistics 6, 65-70.
 *
 * @returns in the given order
 */
export function holm(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[a] ?? 0) - (pValues[b] ?? 0));
  const corrected = new Array<number>(pValues.length).fill(1);
  let largest = 0;
  for (const [place, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - place) * (pValues[index] ?? 1)));
    corrected[index] = largest;
  }
  return corrected;
}
