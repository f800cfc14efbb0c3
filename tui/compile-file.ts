import type { AnalysisOptions } from '../compiler/analyse.ts';
import { check } from '../compiler/check.ts';
import { type Compilation, type CompileOptions, compile } from '../compiler/compile.ts';
import type { Diagnostic } from '../dsl/diagnostic.ts';
import type { SourceFile } from '../dsl/source.ts';
import type { ExperimentOption, PlanOptions } from './commands/options.ts';
import type { Context } from './context.ts';
import { fileReader } from './source-files.ts';

/** The compiler with this process's variables and the files beside the one that is compiled. */

export function compileSource(source: SourceFile, options: PlanOptions, context: Context): Compilation {
  return compile(source, compileOptions(options, context));
}

export function compileOptions({ experiment, profile, set }: PlanOptions, context: Context): CompileOptions {
  return { experiment: experiment ?? null, profile: profile ?? null, set, ...outside(context) };
}

export function checkSource(
  source: SourceFile,
  { experiment }: ExperimentOption,
  context: Context,
): readonly Diagnostic[] {
  return check(source, { experiment: experiment ?? null, ...outside(context) });
}

/** What `exp` lets the compiler see of the world. */
export function outside({ environment, cwd }: Context): AnalysisOptions {
  return { environment: (name) => environment[name], readFile: fileReader(cwd) };
}
