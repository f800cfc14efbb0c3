import { type ColorDepth, sgrColor } from '../terminal/color.ts';
import type { Graphics } from '../terminal/graphics/support.ts';
import { sgrTone } from '../terminal/style.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { toAscii } from '../terminal/text.ts';
import { cutTo, type Line, type Piece } from './piece.ts';

/** What the terminal can show. */
export interface Look extends Pick<Terminal, 'color' | 'unicode'> {
  readonly depth: ColorDepth;
  /** Pictures beside signs; null where it has none, or has not said so yet. */
  readonly graphics: Graphics | null;
}

/** A frame as text for a terminal: coloured, cut to the width, in ASCII where there is no more. */
export function paintFrame(lines: readonly Line[], columns: number, look: Look): readonly string[] {
  return lines.map((line) => {
    if (line.length < WORTH_KEEPING) return paintLine(cutTo(line, columns), look);
    const kept = painted.get(line);
    if (kept !== undefined && kept.columns === columns && kept.look === look) return kept.text;
    const text = paintLine(cutTo(line, columns), look);
    painted.set(line, { text, columns, look });
    return text;
  });
}

/** Lines of pictures come again as they are, and take the most to paint. */
const WORTH_KEEPING = 24;
const painted = new WeakMap<Line, { readonly text: string; readonly columns: number; readonly look: Look }>();

function paintLine(line: Line, look: Look): string {
  let text = '';
  let current = '';
  for (const part of line) {
    if (part.text === '') continue;
    const style = styleOf(part, look);
    if (style !== current) text += style === '' ? '\u001b[0m' : `\u001b[0;${style}m`;
    current = style;
    text += look.unicode ? part.text : toAscii(part.text);
  }
  return current === '' ? text.trimEnd() : `${text}\u001b[0m`;
}

function styleOf({ tone, colors }: Piece, { color, depth }: Look): string {
  if (!color) return '';
  if (colors === null || depth === 'none') return sgrTone(tone);
  const text = sgrColor(colors.text, depth, 'text');
  return colors.behind === null ? text : `${text};${sgrColor(colors.behind, depth, 'behind')}`;
}
