import { basename } from 'node:path';
import { excludeLine, type MissingCase } from '../../layouts/found-dataset.ts';
import { type DataRule, type Finding, orLeaveOut } from '../finding.ts';

/** Images without a label (which a run leaves out, as long as others have one), listed files that are not there, and labels that belong to no image. */
export const pairs: DataRule = ({ surveys, missing, unused }) => [
  ...(surveys.length === 0 && missing.every(({ isUnlabelled }) => isUnlabelled)
    ? noneLabelled(missing)
    : missing.map((each) => missingFiles(each, surveys.length > 0))),
  ...unused.map(
    (path): Finding => ({
      severity: 'warning',
      kind: 'unused',
      cases: [],
      message: `no image goes with the label ${basename(path)}`,
    }),
  ),
];

function missingFiles({ id, isUnlabelled, error }: MissingCase, othersAreThere: boolean): Finding {
  const isLeftOut = isUnlabelled && othersAreThere;
  return {
    severity: isLeftOut ? 'warning' : 'error',
    kind: 'missing',
    cases: [id],
    message: `${error.message}${isLeftOut ? `; a run leaves it out, and \`${excludeLine([id])}\` says that this is meant` : orLeaveOut([id])}`,
  };
}

/** Then it is one mistake, most likely in the experiment, and not one a subject. */
function noneLabelled(missing: readonly MissingCase[]): readonly Finding[] {
  const [first] = missing;
  if (first === undefined) return [];
  const { message, help } = first.error;
  const cases = missing.map(({ id }) => id);
  return [{ severity: 'error', kind: 'missing', cases, message: help === null ? message : `${message}; ${help}` }];
}

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
