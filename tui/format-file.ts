import { resolve } from 'node:path';
import { format } from '../dsl/print.ts';
import type { Context } from './context.ts';
import { writeFrames } from './output/diagnostics.ts';
import { replaceFile } from './replace-file.ts';
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
