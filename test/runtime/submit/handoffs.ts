import { join } from 'node:path';
import { compileMatrix, matrixFileOf } from '../../../compiler/matrix/compile-matrix.ts';
import { memberPlan } from '../../../compiler/plan/member-plans.ts';
import type { HandoffFolder } from '../../../runtime/submit/handoff-folder.ts';
import { writeHandoff } from '../../../runtime/submit/write-handoff.ts';

export const HANDOFF_ID = '20261130-0620-tiny-3f2a';

const TEXT = `experiment tiny {
  dataset phantom(subjects: 6, size: 24, seed: 1) { split: 50% / 25% / 25% }
  model SegResNet { out_channels: 2  init_filters: 8 }
  patch: 16x16x16
  optimizer: adamw(learning_rate: 1e-3)
  schedule { epochs: 1 }
`;

/** A hand-off of four runs, or of one, as `exp submit` writes it. */
export function writtenHandoff(folder: string, runs: 1 | 4): HandoffFolder {
  const source = `${TEXT}${runs === 1 ? '' : '  sweep { optimizer.learning_rate: [1e-3, 3e-3]  seed: [1, 2] }\n'}}\n`;
  const options = { profile: null, set: [], environment: () => undefined };
  const compiled = compileMatrix({ path: 'tiny.exp', text: source }, options);
  const matrix = compiled.kind === 'matrix' ? compiled.matrix : null;
  const [first] = matrix?.members ?? [];
  const planFile = compiled.kind === 'run' ? compiled.planFile : first?.planFile();
  if (planFile == null) throw new Error('no plan');
  return writeHandoff({
    dir: join(folder, 'handoff'),
    info: {
      version: 1,
      id: HANDOFF_ID,
      target: 'slurm',
      experiment: 'tiny',
      profile: null,
      runs,
      parts: runs,
      isMatrix: matrix !== null,
      baseDir: join(folder, 'study'),
      sourcePath: 'tiny.exp',
      createdAt: Date.UTC(2026, 10, 30),
      provenance: { user: 'me', host: 'laptop', git: null },
      commands: { status: 'squeue', logs: 'tail logs/*.out', fetch: null },
    },
    planFile,
    matrix:
      matrix === null || first === undefined
        ? null
        : { file: matrixFileOf(matrix), members: matrix.members.map((member) => memberPlan(first.plan, member)) },
    source,
    imports: [{ path: 'shared/data.exp', text: '// imported\n' }],
    files: [{ path: 'job.sh', text: '#!/bin/sh\n', executable: true }],
  });
}
