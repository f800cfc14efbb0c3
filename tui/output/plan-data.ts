import { spatialDivisor } from '../../compiler/graph/networks/table.ts';
import { stepsPerEpoch } from '../../compiler/plan/counts.ts';
import type { Plan } from '../../compiler/plan/schema.ts';
import { voxelSizes } from '../../runtime/data/affine.ts';
import { namesIn } from '../../runtime/data/class-names.ts';
import { withoutExcluded } from '../../runtime/data/layouts/exclude.ts';
import { findCases } from '../../runtime/data/layouts/find-cases.ts';
import { requireUsable, type SearchedDataset } from '../../runtime/data/layouts/found-dataset.ts';
import { readHeader, readLabelVolume } from '../../runtime/data/nifti/read.ts';
import { splitCases } from '../../runtime/data/split.ts';
import { trainedSize } from '../../runtime/data/trained-size.ts';
import { orientationCode, orientationOf } from '../../runtime/data/transforms/orientation.ts';
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

/** By its header. */
function caseSizeOf(dataset: Plan['dataset'], first: CaseFiles | undefined): Vec3 | null {
  const { source } = dataset;
  if (source.layout === 'phantom') return [source.size, source.size, source.size];
  if (first === undefined) return null;
  try {
    const { shape, affine } = readHeader(first.image);
    const orientation = orientationCode(orientationOf(affine));
    return trainedSize({ shape, spacing: voxelSizes(affine), orientation }, dataset);
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

/** A patch with so many times the voxels that would do is worth a word. */
const WASTED = 2;

/** What a patch larger than the volumes costs, by the first training case; null where it is not. Patches are padded with zeros. */
export function patchBeyond({ model, patch }: Plan, { caseSize }: DataFacts): string | null {
  if (caseSize === null) return null;
  const factors = spatialDivisor(model);
  const enough = patch.map((side, axis) => {
    const factor = factors[axis] ?? 1;
    return Math.min(side, Math.ceil((caseSize[axis] ?? side) / factor) * factor);
  });
  const voxels = (sides: readonly number[]) => sides.reduce((product, side) => product * side, 1);
  const times = voxels(patch) / voxels(enough);
  // The deepest level of a network needs more than one voxel to normalise.
  if (times < WASTED || enough.every((side, axis) => side === factors[axis])) return null;
  return (
    `the first case has ${caseSize.join('x')} voxels, and \`patch: ${patch.join('x')}\` pads it with zeros; ` +
    `\`patch: ${enough.join('x')}\` holds as much of it in a step of 1/${Math.round(times)} of the work`
  );
}
