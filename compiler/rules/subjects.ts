import type { ExperimentValues } from '../fields/experiment.ts';

/** The most subjects that an experiment can have, as far as its file says; null where only the data set knows. */
export function mostSubjects({ kind, arguments: given, settings }: ExperimentValues['dataset']): number | null {
  const { subjects } = settings;
  if (kind !== 'phantom') return subjects;
  return Math.min(subjects ?? given.subjects, given.subjects);
}
