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

/** Files are immutable, so their line table is made once; a thousand diagnostics must not count lines a thousand times. */
const lineTables = new WeakMap<SourceFile, readonly number[]>();

/** Offset of the first character of each line. */
export function lineStarts(file: SourceFile): readonly number[] {
  const known = lineTables.get(file);
  if (known !== undefined) return known;
  const starts = [0];
  for (let at = file.text.indexOf('\n'); at !== -1; at = file.text.indexOf('\n', at + 1)) starts.push(at + 1);
  lineTables.set(file, starts);
  return starts;
}

/** Line and column of an offset; offsets past the end are clamped to it. */
export function positionOf(file: SourceFile, offset: number): Position {
  const starts = lineStarts(file);
  const clamped = Math.max(0, Math.min(offset, file.text.length));
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= clamped) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: clamped - (starts[low] ?? 0) + 1 };
}

/** A line by its number, without its line end. */
export function lineText(file: SourceFile, line: number): string {
  const starts = lineStarts(file);
  const start = starts[line - 1];
  return start === undefined ? '' : file.text.slice(start, starts[line]).replace(/\r?\n$/, '');
}

export function spanText(span: Span): string {
  return span.file.text.slice(span.start, span.end);
}

/** `path:line:column` of the start of a span. */
export function locationOf(span: Span): string {
  const { line, column } = positionOf(span.file, span.start);
  return `${span.file.path}:${line}:${column}`;
}
