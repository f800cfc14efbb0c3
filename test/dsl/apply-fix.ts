import type { Fix } from '../../dsl/diagnostic.ts';

/** What an editor does with a fix. */
export function applyFix(text: string, fix: Fix): string {
  return text.slice(0, fix.span.start) + fix.replacement + text.slice(fix.span.end);
}
