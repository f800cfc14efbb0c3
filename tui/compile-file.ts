import { check } from '../compiler/check.ts';
import { type Compilation, compile } from '../compiler/compile.ts';
import type { Diagnostic } from '../dsl/diagnostic.ts';
import type { SourceFile } from '../dsl/source.ts';
import type { PlanOptions } from './commands/options.ts';
import type { Context } from './context.ts';

/** The compiler with this process's variables: the only outside input that a file may ask for. */

export function compileSource(source: SourceFile, options: PlanOptions, { environment }: Context): Compilation {
  return compile(source, {
    profile: options.profile ?? null,
    set: options.set,
    environment: (name) => environment[name],
  });
}

export function checkSource(source: SourceFile, { environment }: Context): readonly Diagnostic[] {
  return check(source, { environment: (name) => environment[name] });
}
