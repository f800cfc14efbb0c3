import { basename } from 'node:path';
import type { DataRule, Finding } from '../finding.ts';

/** Images without a label, listed files that are not there, and labels that belong to no image. */
export const pairs: DataRule = ({ missing, unused }) => [
  ...missing.map((error): Finding => ({ severity: 'error', kind: 'missing', cases: [], message: error.message })),
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
        message: problem.message,
      }),
    ),
  );
