import { textWidth } from './text-width.ts';

/** Printed lines, and the one rule that needs several of them: where trailing comments stand. */

export interface Line {
  readonly indent: number;
  readonly text: string;
  /** A comment at the end of the line. */
  readonly comment: string | null;
}

export const BLANK: Line = { indent: 0, text: '', comment: null };

export function line(indent: number, text: string, comment: string | null = null): Line {
  return { indent, text, comment };
}

/** Columns to the left of trailing comments, unless the code beside them is longer. */
const COMMENT_COLUMN = 36;
/** Blanks between the longest code of a group and its comments. */
const COMMENT_GAP = 3;
/** Longer code does not push its neighbours' comments to the right. */
const LONGEST_ALIGNED = 64;

/** Joins lines; trailing comments on neighbouring lines are aligned. */
export function joinLines(lines: readonly Line[]): string {
  const output: string[] = [];
  for (let first = 0; first < lines.length; ) {
    let end = first;
    while (lines[end]?.comment != null) end++;
    if (end === first) {
      const { indent, text } = lines[first] ?? BLANK;
      output.push(text === '' ? '' : indented(indent, text));
      first++;
      continue;
    }
    output.push(...aligned(lines.slice(first, end)));
    first = end;
  }
  return output.length === 0 ? '' : `${output.join('\n')}\n`;
}

function aligned(group: readonly Line[]): string[] {
  const codes = group.map(({ indent, text }) => indented(indent, text));
  const widths = codes.map(textWidth);
  const longest = Math.max(0, ...widths.filter((width) => width <= LONGEST_ALIGNED));
  const column = Math.max(COMMENT_COLUMN, longest + COMMENT_GAP);
  return group.map(({ comment }, index) => {
    const gap = Math.max(COMMENT_GAP, column - (widths[index] ?? 0));
    return `${codes[index]}${' '.repeat(gap)}${comment}`;
  });
}

function indented(indent: number, text: string): string {
  return ' '.repeat(indent) + text;
}
