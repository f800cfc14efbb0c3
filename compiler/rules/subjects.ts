import type { ExperimentValues } from '../fields/experiment.ts';

/** The most subjects that an experiment can have, as far as its file says; null where only the data set knows. */
export function mostSubjects({ kind, arguments: given, settings }: ExperimentValues['dataset']): number | null {
  const { subjects, exclude } = settings;
  if (kind !== 'phantom') return subjects;
  const available = Math.max(0, given.subjects - new Set(exclude ?? []).size);
  return Math.min(subjects ?? available, available);
}
