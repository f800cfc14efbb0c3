/**
 * Wilcoxon's signed-rank test: whether paired differences are centred on zero, without assuming that they are normal
 * (Dice scores are not). Equal to `scipy.stats.wilcoxon(differences)` of SciPy 1.17 (`zero_method="wilcox"`,
 * `method="auto"`): zeros are left out, ties share ranks. The distribution is exact up to 50 pairs, with ties or zeros up
 * to 13; beyond, the normal approximation with tie correction.
 */

const EXACT_UP_TO = 50;
/** There SciPy tries all signs one by one, and no more than 2¹³ of them. */
const EXACT_WITH_TIES_UP_TO = 13;

export interface SignedRanks {
  /** Pairs that differ. */
  readonly pairs: number;
  /** The smaller of the two rank sums. */
  readonly statistic: number;
  /** Two-sided; null with no pair that differs. */
  readonly pValue: number | null;
}

export function wilcoxon(differences: readonly number[]): SignedRanks {
  const nonzero = differences.filter((difference) => difference !== 0);
  const ranks = averageRanks(nonzero.map(Math.abs));
  const sumWhere = (isWanted: (difference: number) => boolean) =>
    nonzero.reduce((sum, difference, index) => sum + (isWanted(difference) ? (ranks[index] ?? 0) : 0), 0);
  const statistic = Math.min(
    sumWhere((difference) => difference > 0),
    sumWhere((difference) => difference < 0),
  );
  const pairs = nonzero.length;
  if (pairs === 0) return { pairs, statistic, pValue: null };
  const isPlain = pairs === differences.length && new Set(ranks).size === pairs;
  const isExact = differences.length <= (isPlain ? EXACT_UP_TO : EXACT_WITH_TIES_UP_TO);
  const pValue = isExact ? exactPValue(ranks, statistic) : normalPValue(pairs, statistic, ranks);
  return { pairs, statistic, pValue: Math.min(1, pValue) };
}

/** Ranks from 1; equal values share the mean of their ranks. */
function averageRanks(values: readonly number[]): readonly number[] {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Array<number>(values.length).fill(0);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end++;
    for (let place = start; place < end; place++) ranks[order[place] ?? 0] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** Counts the subsets of the ranks by their sum, since each sign pattern is equally likely; in halves, which shared ranks have. */
function exactPValue(ranks: readonly number[], statistic: number): number {
  const halves = ranks.map((rank) => 2 * rank);
  const largest = halves.reduce((sum, rank) => sum + rank, 0);
  const ways = new Float64Array(largest + 1);
  ways[0] = 1;
  for (const rank of halves) {
    for (let sum = largest; sum >= rank; sum--) ways[sum] = (ways[sum] ?? 0) + (ways[sum - rank] ?? 0);
  }
  const atMost = ways.slice(0, 2 * statistic + 1).reduce((total, count) => total + count, 0);
  return (2 * atMost) / 2 ** ranks.length;
}

function normalPValue(pairs: number, statistic: number, ranks: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const rank of ranks) counts.set(rank, (counts.get(rank) ?? 0) + 1);
  const ties = [...counts.values()].reduce((sum, count) => sum + (count ** 3 - count), 0);
  const mean = (pairs * (pairs + 1)) / 4;
  const variance = (pairs * (pairs + 1) * (2 * pairs + 1) - ties / 2) / 24;
  return 2 * normalTail(Math.abs(statistic - mean) / Math.sqrt(variance));
}

/** P(Z > z) for z ≥ 0, by Abramowitz and Stegun 7.1.26 for erf; absolute error below 1e-7. */
function normalTail(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return 0.5 * polynomial * Math.exp(-x * x);
}
