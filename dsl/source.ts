/** A text with a name, and where things stand in it. Offsets count UTF-16 code units from 0; lines and columns from 1. */

export interface SourceFile {
  /** The path as the user wrote it, shown in diagnostics. */
  readonly path: string;
  readonly text: string;
}

/** A half-open range `[start, end)` of a source file. */
export interface Span {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Line and column of an offset; offsets past the end are clamped to it. */
export function positionOf(file: SourceFile, offset: number): Position {
  const before = file.text.slice(0, Math.max(0, Math.min(offset, file.text.length)));
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: before.length - lineStart + 1 };
}

export function spanText(span: Span): string {
  return span.file.text.slice(span.start, span.end);
}

/** `path:line:column` of the start of a span. */
export function locationOf(span: Span): string {
  const { line, column } = positionOf(span.file, span.start);
  return `${span.file.path}:${line}:${column}`;
}
