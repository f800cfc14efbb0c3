import { resolve } from 'node:path';
import type { Plan } from '../../compiler/plan/schema.ts';
import { summarize } from '../../dsl/render-diagnostic.ts';
import { findRun } from '../../runtime/run/find-run.ts';
import { readPlanFile } from '../../runtime/run/run-folder.ts';
import type { PlanOptions, RunsDirOption } from '../commands/options.ts';
import { compileSource } from '../compile-file.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../failures.ts';
import { writeFrames } from '../output/diagnostics.ts';
import { readSource } from '../source-files.ts';

export interface PlanSourceOptions extends PlanOptions, RunsDirOption {
  /** An `.exp` file. */
  readonly model?: string;
  readonly run?: string;
}

/**
 * The plan that says what a file of weights is for: of `--model my.exp`, or of `--run RUN`.
 *
 * @returns null where neither is given
 * @throws UsageError when both are, or the file has no plan
 */
export function planFor(context: Context, options: PlanSourceOptions): Plan | null {
  if (options.model !== undefined && options.run !== undefined)
    throw new UsageError('--model and --run both say which model it is', 'give one of them');
  if (options.run !== undefined)
    return readPlanFile(findRun(resolve(context.cwd, options.runsDir), options.run).dir).plan;
  if (options.model === undefined) return null;
  const { planFile, diagnostics } = compileSource(readSource(context.cwd, options.model), options, context);
  if (planFile !== null) return planFile.plan;
  writeFrames(context.stderr, context.errors, diagnostics);
  throw new UsageError(`${options.model} has no plan: ${summarize(diagnostics)}`);
}
