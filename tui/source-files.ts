import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SourceFile } from '../dsl/source.ts';
import { UsageError } from './failures.ts';

/** Nobody writes an experiment this long; a volume named by mistake is longer. */
const MAX_SOURCE_BYTES = 4 * 1024 * 1024;

/** @throws UsageError for what cannot be read as an `.exp` file */
export function readSource(cwd: string, path: string): SourceFile {
  const absolute = resolve(cwd, path);
  const found = statSync(absolute, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`there is no file ${path}`);
  if (found.isDirectory()) throw new UsageError(`${path} is a folder; name the .exp file in it`);
  if (found.size > MAX_SOURCE_BYTES) throw new UsageError(`${path} is too large to be an .exp file`);
  try {
    // An editor's byte order mark is no part of the language.
    return { path, text: readFileSync(absolute, 'utf8').replace(/^\uFEFF/, '') };
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
