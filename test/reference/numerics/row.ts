import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';
import { expect } from 'vitest';
import { repositoryRoot } from '../../helpers/python.ts';

/**
 * Comparisons with references, as rows of docs/numerics.md. A test states each comparison once: `expectRow` asserts it, and
 * `npm run numerics`, which runs the same tests, also collects it. A row over its tolerance is collected all the same.
 */

/** The tables of the page, in its order. Add a subject here; nothing else needs to know of it. */
export const SUBJECTS = {
  networks: {
    title: 'Networks, forward',
    about: 'Logits of the same weights and input; the largest absolute difference over all voxels and classes.',
  },
  gradients: {
    title: 'Networks, backward',
    about:
      'Gradients of the loss against double precision; the difference’s norm over the reference’s, of the parameter nearest to its limit: 1e-3, or twice what MONAI’s own single precision reaches in a few runs where values lie at the corner of a ReLU, or rounding where the gradient is nothing.',
  },
  training: {
    title: 'Training',
    about: 'Loss curves from the same weights, data and order; the largest relative difference of a step.',
  },
  mixed: {
    title: 'Mixed precision',
    about:
      '`precision: mixed` against float32: the largest absolute difference of logits, the norm of the gradient’s difference over its norm, and the largest relative difference of a step’s loss. Allowed is twice what torch’s own autocast to bfloat16 is off on the same weights, data and order.',
  },
  losses: { title: 'Losses', about: 'Values and input gradients of the same logits and labels.' },
  optimizers: { title: 'Optimizers and schedules', about: 'Weights and learning rates after the same steps.' },
  metrics: { title: 'Metrics', about: 'The same predicted and true label maps, absent classes included.' },
  inference: {
    title: 'Sliding window',
    about: 'Whole volumes through the same windows; the largest absolute difference of logits.',
  },
  weights: {
    title: 'Weights that travel',
    about: 'Checkpoints of ours loaded in Python, and files of Python loaded here; logits of the same input.',
  },
  transforms: {
    title: 'Transforms',
    about: 'Shape and affine are equal; the largest absolute difference of intensities, none for labels.',
  },
  augmentation: {
    title: 'Augmentation',
    about: 'The same parameters through both; of random choices, the distribution.',
  },
  nifti: {
    title: 'NIfTI',
    about: 'Values, affine and zooms as nibabel reads them, of files that we read and of files that we wrote.',
  },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly about: string }>>;

export type Subject = keyof typeof SUBJECTS;

export interface Row {
  readonly subject: Subject;
  /** What went through both: `SwinUNETR-24, 64³`. */
  readonly what: string;
  /** The reference: `MONAI SwinUNETR`, `scipy.ndimage.distance_transform_edt`. */
  readonly reference: string;
  /** One number of each side where one tells something (a loss, a Dice); null where the whole array was compared. */
  readonly ours: number | null;
  readonly theirs: number | null;
  readonly difference: number;
  /** The largest difference that is all right. */
  readonly tolerance: number;
}

/** Where `npm run numerics` collects rows; unset in a plain test run. */
export const ROWS_VARIABLE = 'EXP_NUMERICS_ROWS';

/** A row as it lies in docs/numerics.jsonl: with the test file that stated it, and the day. */
export interface CollectedRow extends Row {
  readonly file: string;
  /** ISO date. */
  readonly date: string;
}

/** One line of JSON, which knows no NaN and no infinities; as text they survive until the page says them. */
export function writeRow(row: CollectedRow): string {
  return JSON.stringify(row, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  );
}

export function readRow(line: string): CollectedRow {
  const row: CollectedRow = JSON.parse(line, (key, value: unknown) =>
    typeof value === 'string' && ['ours', 'theirs', 'difference'].includes(key) ? Number(value) : value,
  );
  return row;
}

/** Collects the row, and fails the test when the difference is too large, or is no number. */
export function expectRow(row: Row): void {
  const path = process.env[ROWS_VARIABLE];
  if (path !== undefined) {
    const file = relative(repositoryRoot, expect.getState().testPath ?? '');
    appendFileSync(path, `${writeRow({ ...row, file, date: new Date().toISOString().slice(0, 10) })}\n`);
  }
  expect(row.difference, `${row.what} against ${row.reference}`).toBeLessThanOrEqual(row.tolerance);
}

/** A row of one number on each side, compared absolutely. */
export function expectSame(row: Omit<Row, 'ours' | 'theirs' | 'difference'>, ours: number, theirs: number): void {
  const bothMissing = Number.isNaN(ours) && Number.isNaN(theirs);
  expectRow({ ...row, ours, theirs, difference: bothMissing || ours === theirs ? 0 : Math.abs(ours - theirs) });
}
