import { plural } from '../format/quantities.ts';
import { type Line, piece } from './piece.ts';
import type { Filter } from './ui-state.ts';

/** What was typed, or is being typed, and how many lines there are with it. */
export function filterLine({ text, typing }: Filter, count: number): Line {
  return [
    piece(typing || text !== '' ? '/' : '', 'accent'),
    piece(text),
    piece(typing ? '▌' : '', 'accent'),
    piece(`  ${plural(count, 'line')}`, 'dim'),
  ];
}

/** Whether a line has what was typed, in capitals or not. */
export function matches({ text }: Filter, line: string): boolean {
  return line.toLowerCase().includes(text.toLowerCase());
}
