import { formatTime } from '../format/quantities.ts';
import type { Note } from '../output/plain.ts';
import type { Tone } from '../terminal/style.ts';
import { EMPTY_LINE, type Line, piece } from './piece.ts';

const LEVEL_TONES: Readonly<Record<Note['level'], Tone>> = { info: 'dim', warning: 'warning', error: 'bad' };

/** The latest notes, newest last, always `rows` lines high so that nothing below jumps. */
export function logTail(notes: readonly Note[], rows: number): readonly Line[] {
  const lines = rows <= 0 ? [] : notes.slice(-rows);
  return Array.from({ length: rows }, (_, row) => {
    const note = lines[row];
    return note === undefined ? EMPTY_LINE : noteLine(note);
  });
}

export function noteLine({ time, text, level }: Note): Line {
  return [piece(`${formatTime(time)}  `, 'dim'), piece(text, LEVEL_TONES[level])];
}
