import { channelsOf } from '../data/channels.ts';
import { readChannels, readHeader } from '../data/nifti/read.ts';
import { writeNifti } from '../data/nifti/write.ts';
import type { Volume } from '../data/types.ts';
import type { Restored } from '../inference/restore.ts';
import type { MetricValues } from '../metrics/measure.ts';
import { drawOverview } from '../overview/overview.ts';
import { writeWhole } from '../system/durable.ts';

/** Where the files of one case go; null is not written. */
export interface CasePaths {
  readonly labels: string | null;
  /** One file for each foreground class. */
  readonly probabilities: readonly string[] | null;
  readonly overview: string | null;
}

export interface SegmentedCase {
  readonly id: string;
  /** The image's file: labels are written onto its grid. */
  readonly image: string;
  readonly restored: Restored;
  /** Class indices on the image's grid; null without a truth. */
  readonly truth: Uint8Array | null;
  readonly metrics: MetricValues;
  /** Background first. */
  readonly classes: readonly string[];
}

/**
 * Writes what is known of a case, each file whole or not at all. Labels and probabilities keep the image's header: affine,
 * sform and qform with their codes, zooms, units.
 */
export function writeCase(segmented: SegmentedCase, paths: CasePaths): void {
  const { image, restored, classes } = segmented;
  const { shape, affine, geometry } = readHeader(image);
  if (paths.labels !== null) writeNifti(paths.labels, { shape, affine, data: restored.labels }, geometry);
  for (const [index, path] of (paths.probabilities ?? []).entries()) {
    const data = restored.probabilities?.[index + 1];
    if (data !== undefined) writeNifti(path, { shape, affine, data }, geometry);
  }
  if (paths.overview !== null) {
    const picture = drawOverview({
      title: segmented.id,
      subtitle: describeMetrics(segmented.metrics, classes),
      image: firstChannel(image),
      truth: segmented.truth,
      predicted: restored.labels,
      classes,
    });
    writeWhole(paths.overview, picture);
  }
}

/** What a picture shows of an image of several. */
function firstChannel(path: string): Volume {
  const image = readChannels(path);
  return { ...image, data: channelsOf(image)[0] ?? image.data };
}

/** `Dice 0.912 (anterior 0.921, posterior 0.903)`; without a truth there is nothing to say but that. */
function describeMetrics(metrics: MetricValues, classes: readonly string[]): string {
  const { dice } = metrics;
  if (dice === undefined) return 'no truth to compare with';
  const each = classes.flatMap((name, index) => {
    const value = metrics[`dice.${index}`];
    return value === undefined ? [] : [`${name} ${value.toFixed(3)}`];
  });
  return `Dice ${dice.toFixed(3)}${each.length === 0 ? '' : ` (${each.join(', ')})`}`;
}
