import { stepsPerEpoch } from '../../compiler/plan/counts.ts';
import type { Plan } from '../../compiler/plan/schema.ts';
import { voxelSizes } from '../../runtime/data/affine.ts';
import { namesIn } from '../../runtime/data/class-names.ts';
import { withoutExcluded } from '../../runtime/data/layouts/exclude.ts';
import { findCases } from '../../runtime/data/layouts/find-cases.ts';
import { requireUsable, type SearchedDataset } from '../../runtime/data/layouts/found-dataset.ts';
import { readHeader, readLabelVolume } from '../../runtime/data/nifti/read.ts';
import { splitCases } from '../../runtime/data/split.ts';
import { orientationOf, parseOrientation } from '../../runtime/data/transforms/orientation.ts';
import type { CaseFiles, Vec3 } from '../../runtime/data/types.ts';
import { DataError } from '../../runtime/errors.ts';

export interface DataFacts {
  readonly name: string;
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  /** Ids of images that have no label and are left out. */
  readonly unlabelled: readonly string[];
  readonly stepsPerEpoch: number;
  /** Of the first case as it is trained on, before its background is cut away; null where its file cannot be read. */
  readonly caseSize: Vec3 | null;
  /** The first training case; null of generated data. */
  readonly first: CaseFiles | null;
  readonly root: string;
}

/** Subjects and steps, from the names of the files alone; or why not. A plan makes no phantoms, it counts them. */
export function planDataFacts(plan: Plan, baseDir: string): DataFacts | DataError {
  const { dataset, seed, sampling, batchSize } = plan;
  try {
    const found =
      dataset.source.layout === 'phantom'
        ? requireUsable(withoutExcluded(phantoms(dataset.source.subjects), dataset.exclude))
        : findCases(dataset, { baseDir, cacheDir: baseDir });
    const split = splitCases(found.cases, dataset, seed, found.root);
    return {
      name: found.name,
      train: split.train.length,
      validation: split.validation.length,
      test: split.test.length,
      unlabelled: found.unlabelled,
      stepsPerEpoch: stepsPerEpoch(split.train.length, sampling, batchSize),
      caseSize: caseSizeOf(dataset, split.train[0]),
      first: dataset.source.layout === 'phantom' ? null : (split.train[0] ?? null),
      root: found.root,
    };
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
}

/** By its header: turned to the plan's orientation, and resampled to its spacing. */
function caseSizeOf({ source, orientation, spacing }: Plan['dataset'], first: CaseFiles | undefined): Vec3 | null {
  if (source.layout === 'phantom') return [source.size, source.size, source.size];
  if (first === undefined) return null;
  try {
    const { shape, affine } = readHeader(first.image);
    const current = voxelSizes(affine);
    const given = orientationOf(affine);
    const order =
      orientation === null
        ? [0, 1, 2]
        : parseOrientation(orientation).map(({ axis }) => given.findIndex((direction) => direction.axis === axis));
    const size = (axis: 0 | 1 | 2) => {
      const from = order[axis] ?? axis;
      const factor = spacing === null ? 1 : (current[from] ?? 1) / spacing[axis];
      return Math.round(((shape[from] ?? 1) - 1) * factor) + 1;
    };
    return [size(0), size(1), size(2)];
  } catch (error) {
    if (error instanceof DataError) return null;
    throw error;
  }
}

function phantoms(subjects: number): SearchedDataset {
  const cases = Array.from({ length: subjects }, (_, index) => {
    const id = `sub-${String(index + 1).padStart(3, '0')}`;
    return { id, subject: id, image: '', furtherChannels: [], label: '' };
  });
  return { name: 'phantoms', root: 'phantoms', cases, missing: [], unused: [] };
}

/**
 * What the labels hold that the model has no class for, by what the data set says of them and by the first training case;
 * null where nothing speaks against it. `exp data check` looks at all cases.
 */
export function labelsBeyond({ dataset, model }: Plan, { first, root }: DataFacts): string | null {
  if (first === null || dataset.foreground !== null) return null;
  try {
    const named = [...namesIn(root).keys()];
    const found = named.length > 0 ? named : [...new Set(readLabelVolume(first.label).data)];
    const beyond = found.filter((value) => value >= model.outChannels).sort((a, b) => a - b);
    if (beyond.length === 0) return null;
    const labels = `${beyond.length === 1 ? 'label' : 'labels'} ${beyond.join(', ')}`;
    return (
      `the data have ${labels}, and \`out_channels: ${model.outChannels}\` has the classes 0 to ${model.outChannels - 1}: ` +
      `a run stops at the first such case; merge them with \`foreground\`, or write \`out_channels: ${Math.max(...beyond) + 1}\``
    );
  } catch (error) {
    if (error instanceof DataError) return error.message;
    throw error;
  }
}
