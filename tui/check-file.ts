import { check } from '../compiler/check.ts';
import type { Diagnostic } from '../dsl/diagnostic.ts';
import type { SourceFile } from '../dsl/source.ts';
import type { ExperimentOption } from './commands/options.ts';
import type { Context } from './context.ts';
import { outside } from './outside.ts';

/** Apart from compiling, so that `exp check` loads neither schemas nor anything of the runtime. */
export function checkSource(
  source: SourceFile,
  { experiment }: ExperimentOption,
  context: Context,
): readonly Diagnostic[] {
  return check(source, { experiment: experiment ?? null, ...outside(context) });
}
