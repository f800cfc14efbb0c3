import type { Diagnostic, Fix } from '../../dsl/diagnostic.ts';
import type { LanguageDocument } from './document.ts';

export interface QuickFix {
  readonly diagnostic: Diagnostic;
  readonly fix: Fix;
}

/** The fixes of what is reported of the document's own file anywhere within a range of it. */
export function quickFixesIn(
  { diagnostics, source }: LanguageDocument,
  start: number,
  end: number,
): readonly QuickFix[] {
  return diagnostics.flatMap((diagnostic) => {
    const { fix, span } = diagnostic;
    const isWithin = span.file.path === source.path && span.start <= end && start <= span.end;
    return fix !== null && isWithin ? [{ diagnostic, fix }] : [];
  });
}
