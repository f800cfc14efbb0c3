import { matrixFileOf, type PlanMatrix } from '../../compiler/matrix/compile-matrix.ts';
import { createMatrix, type NewMatrix } from '../../runtime/run/matrix-folder.ts';
import { assertSecrets } from '../../runtime/tracking/target.ts';
import { checkStartingWeights } from '../../runtime/weights/starting-weights.ts';
import type { MatrixOutputOptions } from '../commands/options.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failures.ts';
import { plural } from '../format/quantities.ts';
import type { ReporterKind } from './reporter.ts';
import { type MatrixOptions, runMatrix } from './run-matrix.ts';

/** `exp run` of an experiment with a sweep or folds: a folder for all of them, and one run after another. */
export async function startMatrix(
  context: Context,
  compiled: PlanMatrix,
  where: Omit<NewMatrix, 'matrixFile' | 'planFiles'>,
  options: MatrixOptions,
  prepare: () => Promise<void>,
): Promise<ExitCode> {
  // What one file of weights gets wrong, each run that starts from it would.
  const weights = new Map(compiled.members.map(({ plan }) => [plan.model.weights, plan]));
  for (const plan of weights.values()) await checkStartingWeights(plan, where.baseDir);
  const [first] = compiled.members;
  if (first !== undefined && first.plan.track !== null) assertSecrets(first.plan.track, context.environment);
  await prepare();
  const matrix = createMatrix({
    ...where,
    matrixFile: matrixFileOf(compiled),
    planFiles: compiled.members.map(({ planFile }) => planFile()),
  });
  if (options.kind === 'plain' || options.kind === 'screen')
    context.stdout.write(`${matrix.id}: ${plural(compiled.members.length, 'run')}\n`);
  return await runMatrix(context, matrix, options);
}

/** @throws UsageError for what only a run of its own can do */
export function matrixOptions(kind: ReporterKind, options: MatrixOutputOptions): MatrixOptions {
  if (options.detach === true)
    throw new UsageError(
      'a matrix of runs cannot be detached: somebody has to start the next one',
      'use tmux or nohup',
    );
  return { kind, jobs: options.jobs, failFast: options.failFast === true };
}
