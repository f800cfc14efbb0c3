import { applyFixes } from '../dsl/apply-fixes.ts';
import type { Diagnostic, Fix } from '../dsl/diagnostic.ts';
import type { SourceFile } from '../dsl/source.ts';
import { type CheckOptions, check } from './check.ts';

/** A fix that was applied, and the diagnostic that it mended. */
export interface AppliedFix extends Fix {
  readonly diagnostic: Diagnostic;
}

export interface FixedFile {
  readonly text: string;
  /** In the order in which they were applied; their spans are those of the text of their round. */
  readonly applied: readonly AppliedFix[];
  /** What is left to mend by hand, here and in imported files. */
  readonly remaining: readonly Diagnostic[];
}

/** Mending one mistake can bring others to light; more rounds than this are two fixes that undo each other. */
const MOST_ROUNDS = 50;

/**
 * Applies the fixes of a file's diagnostics, checks again, and goes on until none is left. Fixes in imported files are
 * left to those files.
 */
export function fixAll(source: SourceFile, options: CheckOptions = {}): FixedFile {
  const applied: AppliedFix[] = [];
  const seen = new Set([source.text]);
  let file = source;
  let remaining = check(file, options);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = applyFixes(file.text, fixesOf(remaining, file.path));
    if (next.applied.length === 0 || seen.has(next.text)) break;
    seen.add(next.text);
    applied.push(...next.applied);
    file = { ...file, text: next.text };
    remaining = check(file, options);
  }
  return { text: file.text, applied, remaining };
}

function fixesOf(diagnostics: readonly Diagnostic[], path: string): readonly AppliedFix[] {
  return diagnostics.flatMap((diagnostic) =>
    diagnostic.fix?.span.file.path === path ? [{ ...diagnostic.fix, diagnostic }] : [],
  );
}
