import type { Vec3 } from '../data/types.ts';

/** A predicted and a true label map on one grid. Arrays are row-major, x slowest; values are class indices. */
export interface LabelPair {
  readonly predicted: Uint8Array;
  readonly truth: Uint8Array;
  readonly shape: Vec3;
  /** Millimetres between voxels along each axis. */
  readonly spacing: Vec3;
}

/**
 * One number for one class of one case.
 *
 * @returns NaN where the class is in neither map: there is nothing to measure, and means pass over it
 */
export type ClassMetric = (pair: LabelPair, classIndex: number) => number;
