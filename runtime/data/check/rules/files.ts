import { basename } from 'node:path';
import { excludeLine } from '../../layouts/found-dataset.ts';
import { type DataRule, type Finding, orLeaveOut } from '../finding.ts';

/** Images without a label (which a run leaves out, as long as others have one), listed files that are not there, and labels that belong to no image. */
export const pairs: DataRule = ({ surveys, missing, unused }) => [
  ...missing.map(({ id, isUnlabelled, error }): Finding => {
    const isLeftOut = isUnlabelled && surveys.length > 0;
    return {
      severity: isLeftOut ? 'warning' : 'error',
      kind: 'missing',
      cases: [id],
      message: `${error.message}${isLeftOut ? `; a run leaves it out, and \`${excludeLine([id])}\` says that this is meant` : orLeaveOut([id])}`,
    };
  }),
  ...unused.map(
    (path): Finding => ({
      severity: 'warning',
      kind: 'unused',
      cases: [],
      message: `no image goes with the label ${basename(path)}`,
    }),
  ),
];

const KINDS = { EXP4101: 'missing', EXP4102: 'unreadable', EXP4103: 'grid', EXP4104: 'split' } as const;

/** Files that cannot be read, and labels on another grid than their image. */
export const readable: DataRule = ({ surveys }) =>
  surveys.flatMap(({ files, problems }) =>
    problems.map(
      (problem): Finding => ({
        severity: 'error',
        kind: KINDS[problem.code],
        cases: [files.id],
        message: `${problem.message}${orLeaveOut([files.id])}`,
      }),
    ),
  );
