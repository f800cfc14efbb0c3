import type { ClassMetric } from './types.ts';

const PERCENTILE = 0.95;

/**
 * The 95th percentile of the distances between two surfaces in millimetres, the larger of both directions. NaN where a map
 * lacks the class, the true or the predicted one.
 *
 * @see MONAI compute_hausdorff_distance(percentile=95, spacing=…)
 */
export const hausdorff95: ClassMetric = (comparison) => {
  const { fromPredicted, fromTruth } = comparison.surfaceDistances();
  const distance = Math.max(percentile(fromPredicted), percentile(fromTruth));
  return Number.isFinite(distance) ? distance : Number.NaN;
};

/**
 * The share of both surfaces that lies within a tolerance of the other one, from 0 to 1 (normalised surface distance). 0
 * where one map lacks the class, NaN where both do.
 *
 * @see MONAI SurfaceDiceMetric (use_subvoxels=False)
 */
export const surfaceDice: ClassMetric = (comparison, { surfaceDice: { tolerances } }) => {
  const { classIndex } = comparison;
  // One tolerance holds for all classes. Both sides are rounded, as torch compares float32 with float32.
  const tolerance = Math.fround(tolerances[classIndex - 1] ?? tolerances[0] ?? 0);
  const { fromPredicted, fromTruth } = comparison.surfaceDistances();
  const within = (distances: Float64Array) =>
    distances.reduce((total, distance) => total + (Math.fround(distance) <= tolerance ? 1 : 0), 0);
  return (within(fromPredicted) + within(fromTruth)) / (fromPredicted.length + fromTruth.length);
};

/**
 * The mean distance in millimetres from the predicted surface to the true one; from both surfaces to each other where it is
 * symmetric. Infinite where one map lacks the class, NaN where both do.
 *
 * @see MONAI SurfaceDistanceMetric
 */
export const averageSurfaceDistance: ClassMetric = (comparison, { averageSurfaceDistance: { symmetric } }) => {
  const { fromPredicted, fromTruth } = comparison.surfaceDistances();
  const sum = (distances: Float64Array) => distances.reduce((total, distance) => total + distance, 0);
  return symmetric
    ? (sum(fromPredicted) + sum(fromTruth)) / (fromPredicted.length + fromTruth.length)
    : sum(fromPredicted) / fromPredicted.length;
};

/** With linear interpolation between ranks, as torch.quantile. */
function percentile(distances: Float64Array): number {
  const sorted = distances.slice().sort();
  const rank = PERCENTILE * (sorted.length - 1);
  const below = sorted[Math.floor(rank)] ?? Number.NaN;
  const above = sorted[Math.ceil(rank)] ?? below;
  return below + (above - below) * (rank - Math.floor(rank));
}
