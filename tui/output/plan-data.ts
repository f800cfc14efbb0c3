import { stepsPerEpoch } from '../../compiler/plan/counts.ts';
import type { Plan } from '../../compiler/plan/schema.ts';
import { findCases } from '../../runtime/data/layouts/find-cases.ts';
import { splitCases } from '../../runtime/data/split.ts';
import type { CaseFiles } from '../../runtime/data/types.ts';
import { DataError } from '../../runtime/errors.ts';

export interface DataFacts {
  readonly name: string;
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  readonly stepsPerEpoch: number;
}

/** Subjects and steps, from the names of the files alone; or why not. A plan makes no phantoms, it counts them. */
export function planDataFacts(plan: Plan, baseDir: string): DataFacts | DataError {
  const { dataset, seed, sampling, batchSize } = plan;
  try {
    const found =
      dataset.source.layout === 'phantom'
        ? { name: 'phantoms', root: 'phantoms', cases: phantomCases(dataset.source.subjects) }
        : findCases(dataset.source, { baseDir, cacheDir: baseDir });
    const split = splitCases(found.cases, dataset, seed, found.root);
    return {
      name: found.name,
      train: split.train.length,
      validation: split.validation.length,
      test: split.test.length,
      stepsPerEpoch: stepsPerEpoch(split.train.length, sampling, batchSize),
    };
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
}

function phantomCases(subjects: number): readonly CaseFiles[] {
  return Array.from({ length: subjects }, (_, index) => {
    const id = `sub-${String(index + 1).padStart(3, '0')}`;
    return { id, subject: id, image: '', label: '' };
  });
}
