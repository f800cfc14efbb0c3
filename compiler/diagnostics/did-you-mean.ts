import type { DiagnosticOptions } from '../../dsl/diagnostic.ts';
import { nearestName } from '../../dsl/edit-distance.ts';
import type { Span } from '../../dsl/source.ts';
import { foreignName } from '../fields/foreign-names.ts';

/** The one text that was most probably meant, as help and as a fix. */
export function didYouMean(text: string, span: Span): DiagnosticOptions {
  return { ...mayMean(text), fix: { title: `write \`${text}\``, span, replacement: text } };
}

/** As help alone: what to write is for the author to say. */
function mayMean(text: string): DiagnosticOptions {
  return { help: `did you mean \`${text}\`?` };
}

/**
 * Which of the names that are valid there was meant: what other frameworks call it, or else the nearest in spelling. There
 * is a fix only where it can hardly be another.
 *
 * @returns null where none comes near
 */
export function suggestionFor(written: string, span: Span, candidates: readonly string[]): DiagnosticOptions | null {
  const foreign = foreignName(written);
  if (foreign !== null && candidates.includes(foreign.name)) {
    return foreign.isSame ? didYouMean(foreign.name, span) : mayMean(foreign.name);
  }
  const near = nearestName(written, candidates);
  if (near === null) return null;
  return saysMore(written, near) ? mayMean(near) : didYouMean(near, span);
}

/** `DiceTopK` is `dice` and more: perhaps another thing, whose name happens to begin so. */
function saysMore(written: string, near: string): boolean {
  return written.length > near.length + 1 && written.toLowerCase().startsWith(near.toLowerCase());
}
