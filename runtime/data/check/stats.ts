import { medianOf } from '../../../compiler/quantiles.ts';
import type { Vec3 } from '../types.ts';
import type { CaseSurvey, Intensities } from './survey.ts';

/** What `exp data stats` says of a data set: sizes, spacings, intensities, labels, and the patch that follows. */

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export interface ClassStats {
  readonly label: number;
  /** Cases that have it. */
  readonly cases: number;
  /** Of the cases that have it. */
  readonly voxels: Spread;
  readonly millilitres: Spread;
  /** Its part of all voxels of all cases. */
  readonly share: number;
}

export interface DatasetStats {
  readonly cases: number;
  readonly subjects: number;
  /** Cases that could not be read, and are in no other number. */
  readonly unreadable: number;
  /** Voxels, along x, y, z. */
  readonly shape: readonly [Spread, Spread, Spread];
  /** Millimetres, along x, y, z. */
  readonly spacing: readonly [Spread, Spread, Spread];
  /** Of an image. */
  readonly channels: Spread;
  /** How many cases lie so. */
  readonly orientations: Readonly<Record<string, number>>;
  readonly intensities: { readonly [N in keyof Intensities]: Spread };
  readonly classes: readonly ClassStats[];
  readonly suggestedPatch: Vec3;
}

export function spread(numbers: readonly number[]): Spread {
  const from = (pick: (a: number, b: number) => number) =>
    numbers.reduce((a, b) => pick(a, b), numbers[0] ?? Number.NaN);
  return { min: from(Math.min), median: medianOf(numbers), max: from(Math.max) };
}

export function datasetStats(surveys: readonly CaseSurvey[]): DatasetStats {
  const images = surveys.flatMap(({ image }) => image ?? []);
  const intensities = images.flatMap((image) => image.intensities ?? []);
  const along = (numbers: (image: (typeof images)[number]) => Vec3) => {
    const axis = (i: 0 | 1 | 2) => spread(images.map((image) => numbers(image)[i]));
    return [axis(0), axis(1), axis(2)] as const;
  };
  const intensity = (name: keyof Intensities) => spread(intensities.map((one) => one[name]));
  const shape = along((image) => image.shape);
  return {
    cases: surveys.length,
    subjects: new Set(surveys.map(({ files }) => files.subject)).size,
    unreadable: surveys.filter(({ image, label }) => image === null || label === null).length,
    shape,
    spacing: along((image) => image.spacing),
    channels: spread(images.map((image) => image.channels.length)),
    orientations: countBy(images.map((image) => image.orientation)),
    intensities: {
      min: intensity('min'),
      low: intensity('low'),
      median: intensity('median'),
      high: intensity('high'),
      max: intensity('max'),
      mean: intensity('mean'),
      deviation: intensity('deviation'),
    },
    classes: classStats(surveys),
    suggestedPatch: suggestPatch([shape[0].median, shape[1].median, shape[2].median]),
  };
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function classStats(surveys: readonly CaseSurvey[]): ClassStats[] {
  const labels = surveys.flatMap(({ label }) => label ?? []);
  const total = labels.reduce((sum, { counts }) => sum + [...counts.values()].reduce((a, b) => a + b, 0), 0);
  const values = [...new Set(labels.flatMap(({ counts }) => [...counts.keys()]))].sort((a, b) => a - b);
  return values.map((label) => {
    const having = labels.filter(({ counts }) => counts.has(label));
    const voxels = having.map(({ counts }) => counts.get(label) ?? 0);
    const millilitres = having.map(({ counts, voxelVolume }) => ((counts.get(label) ?? 0) * voxelVolume) / 1000);
    return {
      label,
      cases: having.length,
      voxels: spread(voxels),
      millilitres: spread(millilitres),
      share: voxels.reduce((a, b) => a + b, 0) / total,
    };
  });
}

/** Every network's sides may be multiples of this, but for SwinUNETR's, of twice this. */
const PATCH_STEP = 16;

/** As many voxels as 96 × 96 × 96: what common networks train on with a GPU of 16 GB. */
const PATCH_VOXELS = 96 ** 3;

/**
 * The median volume, rounded down to what networks can halve, so that it is not padded; where that is too much, the side that
 * is longest for the volume shrinks first, as in nnU-Net's planner.
 */
export function suggestPatch(medianShape: Vec3): Vec3 {
  const within = (side: number) => Math.max(PATCH_STEP, Math.floor(side / PATCH_STEP) * PATCH_STEP);
  const patch: [number, number, number] = [within(medianShape[0]), within(medianShape[1]), within(medianShape[2])];
  while (patch[0] * patch[1] * patch[2] > PATCH_VOXELS) {
    const longest = patch.indexOf(Math.max(...patch));
    patch[longest] = (patch[longest] ?? PATCH_STEP) - PATCH_STEP;
  }
  return patch;
}
