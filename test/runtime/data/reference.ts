import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Affine, Vec3 } from '../../../runtime/data/types.ts';
import { pythonHas, referencePython } from '../../helpers/python.ts';

/** Asks nibabel and MONAI (reference.py); one Python process for all jobs of a test file. */

export type ReferenceJob =
  | { op: 'read' | 'qform'; input: string }
  | {
      /** nibabel writes the file, and reads it. */
      op: 'make';
      input: string;
      seed: number;
      dtype: string;
      order: '<' | '>';
      version: 1 | 2;
      form: 'sform' | 'qform' | 'none';
      scaled: boolean;
      extension: boolean;
    }
  | { op: 'orientation'; input: string; code: string }
  | { op: 'spacing'; input: string; spacing: Vec3; mode: 'bilinear' | 'nearest' }
  | { op: 'zscore'; input: string; nonzero: boolean }
  | { op: 'range'; input: string; from: number; to: number; min: number; max: number; clip: boolean }
  | { op: 'percentiles'; input: string; lower: number; upper: number; min: number; max: number; clip: boolean }
  | { op: 'pad' | 'pad_or_crop'; input: string; size: Vec3 }
  | { op: 'crop_foreground'; input: string; margin: number }
  /** Files as channels of one image: orientation RAS, spacing, foreground with a margin of 1, intensity by channel. */
  | { op: 'channels'; inputs: readonly string[]; spacing: Vec3; intensity: 'zscore' | 'percentiles' }
  | {
      op: 'affine';
      input: string;
      mode: 'bilinear' | 'nearest';
      /** Radians, voxels, factors. */
      rotation: Vec3;
      translation: Vec3;
      scale: Vec3;
    }
  | { op: 'gamma'; input: string; gamma: number; invert: boolean; retainStats: boolean }
  | { op: 'gaussian_smooth'; input: string; sigma: Vec3 }
  | { op: 'low_resolution'; input: string; zoom: number }
  | { op: 'bias_field'; input: string; coefficients: readonly number[] };

export interface ReferenceResult {
  readonly shape: readonly number[];
  readonly affine: Affine;
  readonly zooms: Vec3;
  /** Axis codes as nibabel names them. */
  readonly codes: string;
  readonly data: Float32Array;
}

export const hasNibabel = pythonHas('nibabel');
export const hasMonai = hasNibabel && pythonHas('monai');

export function askReference(folder: string, jobs: readonly ReferenceJob[]): ReferenceResult[] {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'jobs.json'), JSON.stringify(jobs));
  const script = join(dirname(fileURLToPath(import.meta.url)), 'reference.py');
  const run = spawnSync(referencePython() ?? 'python3', ['-W', 'ignore', script, folder], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`reference.py failed: ${run.stderr}`);
  const results: Omit<ReferenceResult, 'data'>[] = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
  return results.map((result, i) => {
    const bytes = readFileSync(join(folder, `${i}.f32`));
    return { ...result, data: new Float32Array(new Uint8Array(bytes).buffer) };
  });
}

/** Largest absolute difference; NaN counts as equal to NaN only. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const [p, q] = [a[i] ?? 0, b[i] ?? 0];
    if (Number.isNaN(p) !== Number.isNaN(q)) return Number.POSITIVE_INFINITY;
    if (!Number.isNaN(p)) largest = Math.max(largest, Math.abs(p - q));
  }
  return largest;
}
