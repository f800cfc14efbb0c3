import type { Plan } from '../../compiler/plan/schema.ts';
import type { Vec3 } from '../data/types.ts';

/** A predicted and a true label map on one grid. Arrays are row-major, x slowest; values are class indices. */
export interface LabelPair {
  readonly predicted: Uint8Array;
  readonly truth: Uint8Array;
  readonly shape: Vec3;
  /** Millimetres between voxels along each axis. */
  readonly spacing: Vec3;
}

/** Voxels of one class. */
export interface Overlap {
  /** Voxels that both maps give to the class. */
  readonly intersection: number;
  readonly predicted: number;
  readonly truth: number;
}

/** Millimetres from each surface voxel of one map to the nearest surface voxel of the other; infinite where it has none. */
export interface SurfaceDistances {
  readonly fromPredicted: Float64Array;
  readonly fromTruth: Float64Array;
}

/** How the two maps of a pair compare in one class: what several metrics need is computed once, on first use. */
export interface ClassComparison {
  readonly classIndex: number;
  readonly overlap: Overlap;
  readonly surfaceDistances: () => SurfaceDistances;
}

/** What metrics leave to the user. */
export type MetricSettings = Plan['metricSettings'];

/**
 * One number for one class of one case, equal to MONAI's.
 *
 * @returns NaN where MONAI says NaN: there is nothing to measure, and means pass over it
 */
export type ClassMetric = (comparison: ClassComparison, settings: MetricSettings) => number;
