import type { DiagnosticOptions } from '../../dsl/diagnostic.ts';
import type { Span } from '../../dsl/source.ts';

/** The one text that was most probably meant, as help and as a fix. */
export function didYouMean(text: string, span: Span): DiagnosticOptions {
  return { help: `did you mean \`${text}\`?`, fix: { title: `write \`${text}\``, span, replacement: text } };
}
