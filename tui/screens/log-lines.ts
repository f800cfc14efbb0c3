import { formatTime } from '../format/quantities.ts';
import type { Note } from '../output/plain.ts';
import type { Tone } from '../terminal/style.ts';
import { wrapWords } from '../terminal/text.ts';
import { EMPTY_LINE, type Line, piece } from './piece.ts';

const LEVEL_TONES: Readonly<Record<Note['level'], Tone>> = { info: 'dim', warning: 'warning', error: 'bad' };

const LEAST_TEXT = 20;

/** The latest notes, newest last, always `rows` lines high so that nothing below jumps. */
export function logTail(notes: readonly Note[], rows: number): readonly Line[] {
  const lines = rows <= 0 ? [] : notes.slice(-rows);
  return Array.from({ length: rows }, (_, row) => {
    const note = lines[row];
    return note === undefined ? EMPTY_LINE : noteLine(note);
  });
}

/** The whole of it, in as many lines as it takes. */
export function wrappedNote(note: Note, columns: number): readonly Line[] {
  const time = `${formatTime(note.time)}  `;
  const [first = '', ...rest] = wrapWords(note.text, Math.max(LEAST_TEXT, columns - time.length));
  const further = rest.map((text): Line => [piece(' '.repeat(time.length)), piece(text, LEVEL_TONES[note.level])]);
  return [noteLine({ ...note, text: first }), ...further];
}

export function noteLine({ time, text, level }: Note): Line {
  return [piece(`${formatTime(time)}  `, 'dim'), piece(text, LEVEL_TONES[level])];
}
