import { plural } from '../format/quantities.ts';
import { type Line, piece } from './piece.ts';

/**
 * The part of a page's lines that is scrolled to. Where not all fit, the last row says how many more there are: a page that is
 * merely cut does not.
 *
 * @param from the first line that is shown, which may lie beyond the last possible
 */
export function scrolled(
  lines: readonly Line[],
  from: number,
  rows: number,
): { readonly lines: readonly Line[]; readonly scrollable: number } {
  if (lines.length <= rows) return { lines, scrollable: 0 };
  const shown = Math.max(1, rows - 1);
  const scrollable = lines.length - shown;
  const start = Math.min(from, scrollable);
  const below = scrollable - start;
  const sign = below === 0 ? '↑ the end' : `↓ ${plural(below, 'more line')}`;
  return { lines: [...lines.slice(start, start + shown), [piece(sign, 'dim')]].slice(0, rows), scrollable };
}
