import { positionOf, type Span } from '../../dsl/source.ts';

/** Where a span starts, as origins record it. */
export function locationParts(span: Span): { readonly path: string; readonly line: number; readonly column: number } {
  return { path: span.file.path, ...positionOf(span.file, span.start) };
}
