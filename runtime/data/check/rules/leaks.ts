import type { CheckedDataset, DataRule, Finding } from '../finding.ts';
import type { CaseSurvey } from '../survey.ts';

/** Cases that have one thing in common, by that thing; only groups of several. */
function groupsBy(surveys: readonly CaseSurvey[], key: (survey: CaseSurvey) => string | null): CaseSurvey[][] {
  const groups = new Map<string, CaseSurvey[]>();
  for (const survey of surveys) {
    const value = key(survey);
    if (value !== null) groups.set(value, [...(groups.get(value) ?? []), survey]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** The parts of the split that these cases lie in, as words; empty without a split, or where they share one part. */
function partsOf(group: readonly CaseSurvey[], split: CheckedDataset['split']): readonly string[] {
  if (split === null) return [];
  const ids = new Set(group.map(({ files }) => files.id));
  const parts = (['train', 'validation', 'test'] as const).filter((part) => split[part].some(({ id }) => ids.has(id)));
  return parts.length > 1 ? parts : [];
}

/** The same image under several names. Across parts of the split it is a leak: validation measures what was trained on. */
export const duplicateImages: DataRule = ({ surveys, split }) =>
  groupsBy(surveys, ({ image }) => image?.hash ?? null).map((group): Finding => {
    const parts = partsOf(group, split);
    const subjects = new Set(group.map(({ files }) => files.subject)).size;
    return {
      severity: parts.length > 0 || subjects > 1 ? 'error' : 'warning',
      kind: parts.length > 0 ? 'leak' : 'duplicate',
      cases: group.map(({ files }) => files.id),
      message: `these images are the same, voxel by voxel${parts.length > 0 ? `, in ${parts.join(' and ')}` : ''}`,
    };
  });

/** One label for several images: one of them has another's. */
export const duplicateLabels: DataRule = ({ surveys }) =>
  groupsBy(surveys, ({ label }) => (label === null || label.counts.size < 2 ? null : label.hash))
    .filter((group) => new Set(group.map(({ image }) => image?.hash)).size > 1)
    .map(
      (group): Finding => ({
        severity: 'error',
        kind: 'same label',
        cases: group.map(({ files }) => files.id),
        message: 'different images have the same label, voxel by voxel',
      }),
    );

/** `patient12_scan1`, `patient12_scan2`: the name up to and with its first number, where more follows. */
function patientOf(id: string): string | null {
  return /^(.*?\d+)[_-].*\d/.exec(id)?.[1] ?? null;
}

/** Names that look like several scans of one patient, in different parts. BIDS says who is who; other layouts do not. */
export const likelySubjects: DataRule = ({ surveys, split }) => {
  const named = surveys.filter(({ files }) => files.subject === files.id && !files.id.startsWith('sub-'));
  return groupsBy(named, ({ files }) => patientOf(files.id)).flatMap((group): Finding[] => {
    const parts = partsOf(group, split);
    if (parts.length === 0) return [];
    const cases = group.map(({ files }) => files.id);
    const message = `by their names these are scans of one patient, in ${parts.join(' and ')}`;
    return [{ severity: 'warning', kind: 'leak', cases, message }];
  });
};
