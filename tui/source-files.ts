import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { ReadFile } from '../compiler/modules/read-file.ts';
import { nearestName } from '../dsl/edit-distance.ts';
import type { SourceFile } from '../dsl/source.ts';
import { UsageError } from './failures.ts';

/** Nobody writes an experiment this long; a volume named by mistake is longer. */
const MAX_SOURCE_BYTES = 4 * 1024 * 1024;

/** Reads `.exp` files by paths relative to a folder. */
export function fileReader(cwd: string): ReadFile {
  return (path) => {
    const absolute = resolve(cwd, path);
    try {
      const found = statSync(absolute, { throwIfNoEntry: false });
      if (found === undefined) return null;
      if (found.isDirectory()) return { problem: `${path} is a folder; name the .exp file in it` };
      if (found.size > MAX_SOURCE_BYTES) return { problem: `${path} is too large to be an .exp file` };
      // An editor's byte order mark is no part of the language.
      return readFileSync(absolute, 'utf8').replace(/^\uFEFF/, '');
    } catch (error) {
      return { problem: `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}` };
    }
  };
}

/** @throws UsageError for what cannot be read as an `.exp` file */
export function readSource(cwd: string, path: string): SourceFile {
  const text = fileReader(cwd)(path);
  if (text === null) throw new UsageError(`there is no file ${path}`, insteadOf(cwd, path));
  if (typeof text !== 'string') throw new UsageError(text.problem);
  return { path, text };
}

function insteadOf(cwd: string, path: string): string {
  const folder = dirname(resolve(cwd, path));
  const there = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.exp')) : [];
  const near = nearestName(basename(path), there);
  return near === null ? '`exp init` writes an .exp file' : `did you mean ${join(dirname(path), near)}?`;
}
