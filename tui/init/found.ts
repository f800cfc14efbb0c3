import type { DatasetStats } from '../../runtime/data/check/stats.ts';
import type { CaseSurvey } from '../../runtime/data/check/survey.ts';
import type { SearchedDataset } from '../../runtime/data/layouts/found-dataset.ts';
import { plural } from '../format/quantities.ts';
import { oneLine } from '../terminal/text.ts';
import { foregroundLabels } from './experiment-text.ts';

/** What was found in a data set, before anything is asked about it: `49 of 50 subjects; sub-003 has no label`. */
export function describeFound(searched: SearchedDataset, stats: DatasetStats): string {
  const { name, cases, missing } = searched;
  const subjects = (of: readonly { readonly subject: string }[]) => new Set(of.map(({ subject }) => subject)).size;
  const [usable, all] = [subjects(cases), subjects([...cases, ...missing])];
  const faults = [
    lacking(
      missing.filter(({ isUnlabelled }) => isUnlabelled).map(({ id }) => id),
      'has no label',
      'have no label',
    ),
    lacking(
      missing.filter(({ isUnlabelled }) => !isUnlabelled).map(({ id }) => id),
      'lacks files',
      'lack files',
    ),
  ];
  const counted = usable === all ? plural(all, 'subject') : `${usable} of ${plural(all, 'subject')}`;
  const shape = stats.shape.map(({ median }) => Math.round(median)).join('x');
  return [
    `found ${name}: ${[counted, ...faults.flatMap((fault) => fault ?? [])].join('; ')}`,
    `  a typical volume has ${shape} voxels; labels ${foregroundLabels(stats).join(', ')} (${plural(stats.cases, 'case')} looked at)`,
    '',
  ].join('\n');
}

/** Cases that no training can use stand in the way of nothing here: what else there is to mend, `exp data check` finds. */
export function describeBroken(broken: readonly CaseSurvey[]): string {
  if (broken.length === 0) return '';
  const lines = broken.map(({ files, problems }) => `  ${files.id}: ${oneLine(problems[0]?.message ?? '')}\n`);
  return `${plural(broken.length, 'case')} looked at cannot be used, and a run would stop there:\n${lines.join('')}`;
}

function lacking(ids: readonly string[], one: string, several: string): string | null {
  if (ids.length === 0) return null;
  return `${[...ids].sort().join(', ')} ${ids.length === 1 ? one : several}`;
}
