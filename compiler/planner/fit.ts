/**
 * Sums of terms, `value = Σ amount_t · cost_t`, whose costs are known roughly beforehand and better after measurements: the
 * seconds of a step from what it computes and moves, the memory of a step from what it keeps.
 *
 * Costs are log-normal: `log cost_t = log prior_t + g + e_t`, where `g ~ N(0, common²)` is what all terms of a device have in
 * common and `e_t ~ N(0, spread_t²)` what sets a term apart. The most probable costs under the measurements are found by
 * Gauss-Newton steps, single measurements that contradict the others weigh less (Huber), and the curvature there says how far
 * the costs, and so each prediction, are known (Laplace's approximation).
 */

export interface TermPrior {
  /** What one unit of the term costs. */
  readonly cost: number;
  /** Standard deviation of the cost's logarithm. */
  readonly spread: number;
}

export interface Prior<T extends string> {
  readonly terms: Readonly<Record<T, TermPrior>>;
  /** Standard deviation of the logarithm of what all terms have in common. */
  readonly common: number;
  /** Standard deviation, in the logarithm, of a measurement about the sum of the terms. */
  readonly noise: number;
}

export interface Measurement<T extends string> {
  readonly amounts: Readonly<Record<T, number>>;
  /** Above 0. */
  readonly value: number;
}

export interface Prediction {
  readonly value: number;
  /** Standard deviation of its logarithm. */
  readonly spread: number;
}

export type Predictor<T extends string> = (amounts: Readonly<Record<T, number>>) => Prediction;

const ITERATIONS = 12;
/** Residuals beyond so many standard deviations weigh only as their size, not its square (Huber). */
const HUBER = 2;

export function fitCosts<T extends string>(
  terms: readonly T[],
  prior: Prior<T>,
  measurements: readonly Measurement<T>[],
): Predictor<T> {
  const size = terms.length + 1;
  const precision = [1 / prior.common ** 2, ...terms.map((term) => 1 / prior.terms[term].spread ** 2)];
  let theta = new Array<number>(size).fill(0);
  let covariance = diagonal(precision.map((value) => 1 / value));
  for (let iteration = 0; iteration < ITERATIONS && measurements.length > 0; iteration++) {
    const hessian = diagonal(precision);
    const gradient = theta.map((value, index) => -value * (precision[index] ?? 0));
    for (const { amounts, value } of measurements) {
      const { log, slope } = linearised(terms, prior, theta, amounts);
      const residual = Math.log(value) - log;
      const weight = Math.min(1, (HUBER * prior.noise) / Math.max(Math.abs(residual), 1e-9)) / prior.noise ** 2;
      for (const [row, a] of slope.entries()) {
        gradient[row] = (gradient[row] ?? 0) + weight * residual * a;
        const line = hessian[row] ?? [];
        for (const [column, b] of slope.entries()) line[column] = (line[column] ?? 0) + weight * a * b;
      }
    }
    covariance = inverse(hessian);
    theta = theta.map((value, row) => value + dot(covariance[row] ?? [], gradient));
  }
  return (amounts) => {
    const { log, slope } = linearised(terms, prior, theta, amounts);
    const known = covariance.reduce((sum, line, row) => sum + (slope[row] ?? 0) * dot(line, slope), 0);
    return { value: Math.exp(log), spread: Math.sqrt(known + prior.noise ** 2) };
  };
}

/** The logarithm of the sum at `theta`, and its derivatives: each term's share, and one for what all have in common. */
function linearised<T extends string>(
  terms: readonly T[],
  prior: Prior<T>,
  [common = 0, ...own]: readonly number[],
  amounts: Readonly<Record<T, number>>,
): { readonly log: number; readonly slope: readonly number[] } {
  const parts = terms.map(
    (term, index) => amounts[term] * prior.terms[term].cost * Math.exp(common + (own[index] ?? 0)),
  );
  const sum = parts.reduce((total, part) => total + part, 0);
  return { log: Math.log(sum), slope: [1, ...parts.map((part) => part / sum)] };
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

function diagonal(values: readonly number[]): number[][] {
  return values.map((value, row) => values.map((_, column) => (row === column ? value : 0)));
}

/** Of a symmetric positive definite matrix, by Gauss-Jordan elimination; priors keep it well away from singular. */
function inverse(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length;
  const rows = matrix.map((line, row) => [...line, ...line.map((_, column) => (row === column ? 1 : 0))]);
  for (let pivot = 0; pivot < size; pivot++) {
    const line = rows[pivot] ?? [];
    const scale = line[pivot] ?? 1;
    for (let column = 0; column < 2 * size; column++) line[column] = (line[column] ?? 0) / scale;
    for (const [row, other] of rows.entries()) {
      const factor = row === pivot ? 0 : (other[pivot] ?? 0);
      if (factor !== 0)
        for (let column = 0; column < 2 * size; column++)
          other[column] = (other[column] ?? 0) - factor * (line[column] ?? 0);
    }
  }
  return rows.map((line) => line.slice(size));
}
