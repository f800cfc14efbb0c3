/** Rows of text in columns, two blanks apart; the last column is not padded. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** The same within `width`: a table that is too wide is turned on its side. */
export function fittedColumns(rows: readonly (readonly string[])[], width: number): readonly string[] {
  const lines = columns(rows);
  if (lines.every((line) => line.length <= width)) return lines;
  return cutLines(columns((rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? ''))), width);
}

/** Lines without escapes, of at most `width` characters. */
export function cutLines(lines: readonly string[], width: number): readonly string[] {
  return lines.map((line) => (line.length <= width ? line : `${line.slice(0, width - 1)}…`));
}
