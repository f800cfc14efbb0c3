import type { Fix } from './diagnostic.ts';

/** What an editor does with one fix. */
export function applyFix(text: string, fix: Fix): string {
  return text.slice(0, fix.span.start) + fix.replacement + text.slice(fix.span.end);
}

export interface AppliedFixes<F extends Fix> {
  readonly text: string;
  readonly applied: readonly F[];
  /** Those that would change what another one has changed; after a new check it is known whether they still hold. */
  readonly overlapping: readonly F[];
}

/** Applies several fixes of one text at once; of those that overlap, the first in the text. */
export function applyFixes<F extends Fix>(text: string, fixes: readonly F[]): AppliedFixes<F> {
  const applied: F[] = [];
  const overlapping: F[] = [];
  let fixed = '';
  let end = 0;
  for (const fix of [...fixes].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end)) {
    const last = applied[applied.length - 1];
    const isClear = last === undefined || fix.span.start > end || (fix.span.start === end && !isInsertion(fix, last));
    if (!isClear) {
      overlapping.push(fix);
      continue;
    }
    fixed += text.slice(end, fix.span.start) + fix.replacement;
    end = fix.span.end;
    applied.push(fix);
  }
  return { text: fixed + text.slice(end), applied, overlapping };
}

/** Beside an insertion nobody knows which of the two comes first. */
function isInsertion(...fixes: readonly Fix[]): boolean {
  return fixes.some(({ span }) => span.start === span.end);
}
