import { renameSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { format } from '../dsl/print.ts';
import type { Context } from './context.ts';
import { writeFrames } from './output/diagnostics.ts';
import { readSource } from './source-files.ts';

export type FormatOutcome = 'unchanged' | 'changed' | 'broken';

/** Formats one file in place, or only says whether it would change. */
export async function formatFile(context: Context, path: string, checkOnly: boolean): Promise<FormatOutcome> {
  const source = readSource(context.cwd, path);
  const [text, diagnostics] = format(source);
  if (text === null) {
    writeFrames(context.stderr, context.errors, diagnostics);
    context.stderr.write(`${path} is left as it is\n`);
    return 'broken';
  }
  if (text === source.text) return 'unchanged';
  context.stdout.write(`${path} ${checkOnly ? 'is not formatted' : 'formatted'}\n`);
  if (!checkOnly) replaceFile(resolve(context.cwd, path), text);
  return 'changed';
}

/** Whole or not at all: a full disk must not cost the user their file. */
function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode: statSync(path).mode });
  renameSync(temporary, path);
}
