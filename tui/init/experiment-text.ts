import type { PlanDataSource } from '../../compiler/plan/schema.ts';
import { assertNever } from '../../dsl/assert-never.ts';
import type { DatasetStats } from '../../runtime/data/check/stats.ts';
import { excludeLine } from '../../runtime/data/layouts/found-dataset.ts';
import { plural } from '../format/quantities.ts';
import type { InitModel } from './models.ts';

/** Writes an experiment for a data set that has been looked at, with the reason for each choice beside it. */

export interface Draft {
  readonly name: string;
  /** The file's name, as a shell takes it. */
  readonly file: string;
  readonly source: PlanDataSource;
  /** As the file should name the data: relative to it where it is near. */
  readonly root: string;
  /** What cannot be used: images without a label, or without files that should be there. */
  readonly exclude: readonly string[];
  /** Without those. */
  readonly subjects: number;
  /** Of a part of the cases. */
  readonly stats: DatasetStats;
  readonly classNames: ReadonlyMap<number, string>;
  readonly model: InitModel;
  /** Whether all labels count as one foreground. */
  readonly merge: boolean;
}

/** Computed tomography measures in Hounsfield units: air is −1000, and nothing in MR is that far below zero. */
const CT_BELOW = -500;

/** Spacings that differ by less are one spacing to the eye and to a network. */
const SAME_SPACING = 1.1;

/** The multiple each network's patch sides must be of, with its default settings. */
const PATCH_STEPS: Readonly<Record<InitModel, number>> = { SegResNet: 8, SwinUNETR: 32, UNet: 16, DynUNet: 16 };

const MODEL_LINES: Readonly<Record<InitModel, readonly string[]>> = {
  SegResNet: ['init_filters: 16                // 4.7 million parameters: trains on two cores'],
  SwinUNETR: ['feature_size: 24                // 15.7 million parameters: wants a GPU, or patience'],
  UNet: ['channels: [16, 32, 64, 128, 256]', 'strides: [2, 2, 2, 2]', 'num_res_units: 2'],
  DynUNet: ['filters: [16, 32, 64, 128, 256]', 'kernel_size: [3, 3, 3, 3, 3]', 'strides: [1, 2, 2, 2, 2]'],
};

/** Label values other than background, ascending. */
export function foregroundLabels({ classes }: DatasetStats): readonly number[] {
  return classes.map(({ label }) => label).filter((label) => label !== 0);
}

/** Whether the labels can be classes as they are: 1, 2, 3, … without a gap. */
export function areClasses(labels: readonly number[]): boolean {
  return labels.length > 0 && labels.every((label, index) => label === index + 1);
}

export function experimentText(draft: Draft): string {
  const { name, file, stats, model, merge } = draft;
  const labels = foregroundLabels(stats);
  const patch = patchFor(draft);
  return `// Written by \`exp init\`, which looked at ${stats.cases} of the cases. Change what you know better, then
//
//   exp check ${file}                       says what is wrong
//   exp data check ${file}                  reads every case
//   exp plan ${file}                        says what will run, what it needs and how long it takes
//   exp run ${file} --profile mac-test      a short try here, small enough for a Mac mini: SegResNet, 2 epochs, 8 subjects
//   exp run ${file}                         all of it, here
//   exp plan ${file} --profile cloud-gpu    the same for a rented GPU; \`exp submit\` takes it there
experiment ${name} {
  seed: 42

  ${datasetHead(draft)} {
${indent(datasetLines(draft, labels), 4)}
  }

  model ${model} {
    ${inChannels(stats)}out_channels: ${merge ? 2 : labels.length + 1}                 // background and ${merge ? (labels.length === 1 ? 'the foreground' : 'the merged foreground') : plural(labels.length, 'class', 'classes')}
${indent(MODEL_LINES[model], 4)}
  }

  patch: ${patch.join('x')}                // ${patchReason(draft, patch)}
  sampling: balanced(positive: 1, negative: 1, per_case: 2)

  augment {
    flip(axes: [x], probability: 50%)    // left and right; more axes where the anatomy allows it
    affine(rotation: 15deg, scale: 85%..115%, probability: 50%)
    intensity_scale(range: 10%, probability: 50%)
    intensity_shift(range: 10%, probability: 50%)
    gaussian_noise(std: 0.05, probability: 15%)
  }

  loss: dice_cross_entropy(include_background: false)
  optimizer: adamw(learning_rate: 1e-3, weight_decay: 1e-5, gradient_clip: 12)

  schedule {
    epochs: 100
    lr_schedule: warmup_cosine(warmup: 2 epochs)
    validate: every 5 epochs
    early_stop: patience 40 epochs on val.dice
    checkpoint: every 1 epoch
    keep_best: val.dice
  }

  metrics: [dice, hausdorff95]
  inference: sliding_window(overlap: 50%, blend: gaussian)
  track: mlflow(experiment: "${name}")   // server from MLFLOW_TRACKING_URI; without one the run stays on disk
}
`;
}

/** One channel is what a model takes unless told otherwise. */
function inChannels({ channels }: DatasetStats): string {
  const count = channels.median;
  return count === 1 ? '' : `in_channels: ${count}                 // images of a subject\n    `;
}

function datasetHead({ source, root }: Draft): string {
  switch (source.layout) {
    case 'bids':
    case 'decathlon':
      return `dataset ${source.layout}(${JSON.stringify(root)})`;
    case 'phantom':
      return `dataset phantom(subjects: ${source.subjects}, size: ${source.size}, channels: ${source.channels})`;
    default:
      return assertNever(source);
  }
}

function datasetLines(draft: Draft, labels: readonly number[]): readonly string[] {
  const { source, stats, exclude, subjects, merge, classNames } = draft;
  const named = labels.map((label) => `${label} ${classNames.get(label) ?? ''}`.trim()).join(', ');
  const lines: string[] = [];
  if (source.layout === 'bids') {
    lines.push(`image: ${JSON.stringify(source.image)}`, `label: ${JSON.stringify(source.label)}`);
    if (source.derivative !== null) lines.push(`derivative: ${JSON.stringify(source.derivative)}`);
  }
  lines.push(
    merge
      ? `foreground: [${labels.join(', ')}]    // ${labels.length === 1 ? 'the one label' : 'merged into one class'}: ${named}`
      : `// labels: ${named}`,
  );
  if (exclude.length > 0) lines.push(`${excludeLine(exclude)}    // without a label, or without all files`);
  lines.push(`${splitFor(subjects)}          // of ${plural(subjects, 'subject')}`);
  lines.push(`orientation: RAS              // the cases lie in ${Object.keys(stats.orientations).join(', ')}`);
  lines.push(...spacingLine(stats), intensityLine(stats));
  return lines;
}

/** A test part needs cases to mean something; from few subjects validation comes first. */
function splitFor(subjects: number): string {
  return subjects < 10 ? 'split: 75% / 25% / 0%' : 'split: 70% / 15% / 15%';
}

function spacingLine({ spacing }: DatasetStats): readonly string[] {
  const differs = spacing.some(({ min, max }) => max > SAME_SPACING * min);
  const medians = spacing.map(({ median }) => Number(median.toPrecision(3)));
  if (!differs) return [`// spacing: all have ${medians.join(' x ')} mm, so nothing is resampled`];
  const written = medians.map((median) => (Number.isInteger(median) ? median.toFixed(1) : String(median)));
  return [`spacing: ${written.join('x')} mm     // the median: spacings differ`];
}

function intensityLine({ intensities: { min, low, high } }: DatasetStats): string {
  if (min.min > CT_BELOW) return 'intensity: zscore(nonzero: true)   // MR intensities have no unit';
  const [from, to] = [Math.round(low.median), Math.round(high.median)];
  return `intensity: range(from: ${from}, to: ${to}, clip: true)   // CT: percentiles 0.5 and 99.5 of a typical volume`;
}

function patchFor({ model, stats }: Draft): readonly number[] {
  const step = PATCH_STEPS[model];
  return stats.suggestedPatch.map((side) => Math.max(2 * step, Math.floor(side / step) * step));
}

function patchReason({ stats, model }: Draft, patch: readonly number[]): string {
  const shape = stats.shape.map(({ median }) => Math.round(median)).join('x');
  const asSuggested = patch.every((side, axis) => side === stats.suggestedPatch[axis]);
  const isPadded = patch.some((side, axis) => side > (stats.shape[axis]?.median ?? side));
  const padded = isPadded ? '; smaller volumes are padded with zeros' : '';
  return `a typical volume has ${shape} voxels${padded}${asSuggested ? '' : `; ${model} takes multiples of ${PATCH_STEPS[model]}`}`;
}

function indent(lines: readonly string[], spaces: number): string {
  return lines.map((line) => `${' '.repeat(spaces)}${line}`).join('\n');
}
