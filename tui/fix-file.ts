import { resolve } from 'node:path';
import { fixAll } from '../compiler/fix.ts';
import { type Diagnostic, hasErrors } from '../dsl/diagnostic.ts';
import { summarize } from '../dsl/render-diagnostic.ts';
import { locationOf } from '../dsl/source.ts';
import type { Context } from './context.ts';
import { plural } from './format/quantities.ts';
import { writeFrames } from './output/diagnostics.ts';
import { outside } from './outside.ts';
import { replaceFile } from './replace-file.ts';
import { readSource } from './source-files.ts';

export interface FixOutcome {
  readonly changed: boolean;
  /** Whether errors are left that have to be mended by hand. */
  readonly wrong: boolean;
}

/** Applies the fixes of one file in place, or only says which there are, and shows what is left to mend by hand. */
export function fixFile(context: Context, path: string, checkOnly: boolean): FixOutcome {
  const source = readSource(context.cwd, path);
  const { text, applied, remaining } = fixAll(source, outside(context));
  for (const { diagnostic, title } of applied) {
    context.stdout.write(`${locationOf(diagnostic.span)}: ${title} (${diagnostic.code}: ${diagnostic.message})\n`);
  }
  const changed = text !== source.text;
  if (changed && !checkOnly) replaceFile(resolve(context.cwd, path), text);
  const count = plural(applied.length, 'fix', 'fixes');
  context.stdout.write(`${path}: ${changed ? `${count}${checkOnly ? ' to apply' : ' applied'}` : 'nothing to fix'}\n`);
  writeFrames(context.stderr, context.errors, remaining);
  if (remaining.length > 0) context.stderr.write(`${summarize(remaining)} to mend by hand\n`);
  for (const other of fixableElsewhere(remaining, path)) {
    context.stderr.write(`${other} is imported and has fixes of its own: exp fix ${other}\n`);
  }
  return { changed, wrong: hasErrors(remaining) };
}

function fixableElsewhere(diagnostics: readonly Diagnostic[], path: string): ReadonlySet<string> {
  const fixable = diagnostics.flatMap(({ fix }) => (fix === null ? [] : [fix.span.file.path]));
  return new Set(fixable.filter((other) => other !== path));
}
