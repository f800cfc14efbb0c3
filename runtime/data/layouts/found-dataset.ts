import type { DataError } from '../../errors.ts';
import type { CaseFiles } from '../types.ts';

/** A data set as found on disk, before anything is read of its volumes. */
export interface FoundDataset {
  readonly name: string;
  /** Absolute. */
  readonly root: string;
  /** Sorted by id. */
  readonly cases: readonly CaseFiles[];
  /** Ids of images that have no label, while others have: they are left out. */
  readonly unlabelled: readonly string[];
}

/** A case that cannot be used: an image without a label (or with several), or a listed file that is not there. */
export interface MissingCase {
  readonly id: string;
  readonly subject: string;
  /** No label at all, as of a subject that nobody has segmented yet; anything else is a fault of the data set. */
  readonly isUnlabelled: boolean;
  readonly error: DataError;
}

/** A data set with what is wrong about it: `exp data check` wants all of it, a run the first. */
export interface SearchedDataset extends Omit<FoundDataset, 'unlabelled'> {
  readonly missing: readonly MissingCase[];
  /** Labels that belong to no image. */
  readonly unused: readonly string[];
}

/**
 * Images without a label are left out, as long as some have one.
 *
 * @throws DataError EXP4101 the first of what else is missing
 */
export function requireUsable({ name, root, cases, missing }: SearchedDataset): FoundDataset {
  const fault = cases.length === 0 ? missing[0] : missing.find(({ isUnlabelled }) => !isUnlabelled);
  if (fault !== undefined) throw fault.error;
  return { name, root, cases, unlabelled: missing.map(({ id }) => id).sort() };
}

/** `3 subjects have no label and are left out: sub-003, …`, and how to say that it is meant; null where all have one. */
export function describeUnlabelled(unlabelled: readonly string[]): string | null {
  if (unlabelled.length === 0) return null;
  const are = unlabelled.length === 1 ? 'image has no label and is' : 'images have no label and are';
  return `${unlabelled.length} ${are} left out: ${unlabelled.join(', ')}; \`${excludeLine(unlabelled)}\` in the dataset says that this is meant`;
}

/** As a `dataset` block has it. */
export function excludeLine(names: readonly string[]): string {
  return `exclude: ${JSON.stringify(names).replaceAll('","', '", "')}`;
}

export interface FindOptions {
  /** The folder that relative paths of the plan start from. */
  readonly baseDir: string;
  /** Where generated data sets are kept. */
  readonly cacheDir: string;
  readonly onProgress?: (progress: DataProgress) => void;
}

/** Slow work on the way to a data set: `done` of `total`. */
export interface DataProgress {
  readonly stage: 'generate' | 'hash' | 'load';
  readonly done: number;
  readonly total: number;
}

/** Ids in plain code-point order, the same on every machine. */
export function sortCases(cases: readonly CaseFiles[]): CaseFiles[] {
  return [...cases].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}
