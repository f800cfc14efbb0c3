import { type CompiledMatrix, matrixFileOf, type PlanMatrix } from '../../compiler/matrix/compile-matrix.ts';
import { canonicalJson } from '../../compiler/plan/canonical.ts';
import type { PlanFile } from '../../compiler/plan/schema.ts';
import { summarize } from '../../dsl/render-diagnostic.ts';
import type { SourceFile } from '../../dsl/source.ts';
import type { PlanCommandOptions } from '../commands/options.ts';
import { compileRuns } from '../compile-file.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failures.ts';
import { outlookHere } from '../outlook.ts';
import { writeFrames } from '../output/diagnostics.ts';
import { formatMatrixPlan, formatRefused } from '../output/matrix-plan.ts';

/**
 * The one plan that `exp plan` is to show: the file's, or a member of its matrix.
 *
 * @returns an exit code where there is none, or where the matrix as a whole was shown
 */
export function planFileOf(context: Context, source: SourceFile, options: PlanCommandOptions): PlanFile | ExitCode {
  const compiled = compileRuns(source, options, context);
  writeFrames(context.stderr, context.errors, compiled.diagnostics);
  if (compiled.kind === 'matrix') return matrixPlan(context, source, compiled, options);
  if (options.member !== undefined)
    throw new UsageError('--member: this is one run, not a matrix of runs', 'a matrix comes from `sweep` and `folds`');
  if (compiled.planFile !== null) return compiled.planFile;
  context.stderr.write(`${summarize(compiled.diagnostics)}; there is no plan\n`);
  return EXIT.invalid;
}

function matrixPlan(
  context: Context,
  source: SourceFile,
  compiled: CompiledMatrix,
  options: PlanCommandOptions,
): PlanFile | ExitCode {
  const { matrix, diagnostics } = compiled;
  if (matrix === null) {
    context.stderr.write(`${formatRefused(compiled, context.errors)}${summarize(diagnostics)}; there is no plan\n`);
    return EXIT.invalid;
  }
  // These are about one plan: without a number, the first stands for all.
  const isAboutOne = options.graph === true || (options.diff ?? options.diffProfile ?? options.explain) !== undefined;
  if (options.member !== undefined || isAboutOne) return memberPlan(matrix, options.member ?? 1);
  if (options.json === true) context.stdout.write(`${canonicalJson(matrixFileOf(matrix))}\n`);
  else {
    const outlook = outlookHere(context, source.path);
    context.stdout.write(formatMatrixPlan(matrix, outlook, context.terminal));
  }
  return EXIT.ok;
}

function memberPlan({ members }: PlanMatrix, number: number): PlanFile {
  const member = members[number - 1];
  if (member !== undefined) return member.planFile();
  throw new UsageError(`--member ${number}: there are ${members.length} runs`, `a number from 1 to ${members.length}`);
}
