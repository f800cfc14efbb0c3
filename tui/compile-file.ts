import { type Compilation, type CompileOptions, compile } from '../compiler/compile.ts';
import { type CompiledMatrix, type CompiledRun, compileMatrix } from '../compiler/matrix/compile-matrix.ts';
import type { SourceFile } from '../dsl/source.ts';
import type { PlanOptions } from './commands/options.ts';
import type { Context } from './context.ts';
import { outlookHere } from './outlook.ts';
import { outside } from './outside.ts';

/** The compiler with this process's variables and the files beside the one that is compiled. */

export function compileSource(source: SourceFile, options: PlanOptions, context: Context): Compilation {
  return compile(source, compileOptions(options, context));
}

/** The same with the runs of its sweep and folds, and with what this machine knows of the data, for the budget. */
export function compileRuns(source: SourceFile, options: PlanOptions, context: Context): CompiledRun | CompiledMatrix {
  const outlook = outlookHere(context, source.path);
  return compileMatrix(source, { ...compileOptions(options, context), outlook });
}

export function compileOptions({ experiment, profile, set }: PlanOptions, context: Context): CompileOptions {
  return { experiment: experiment ?? null, profile: profile ?? null, set, ...outside(context) };
}
