import { Text } from 'ink';
import { inkStyle, type Tone } from '../terminal/style.ts';
import { toAscii } from '../terminal/text.ts';
import { useLook } from './look.ts';

export interface Piece {
  readonly text: string;
  readonly tone: Tone;
}

export function piece(text: string, tone: Tone = 'plain'): Piece {
  return { text, tone };
}

/** Every line of a screen: coloured pieces, cut to the width, in ASCII where the terminal has no more. */
export function Line({ pieces, columns }: { readonly pieces: readonly Piece[]; readonly columns: number }) {
  const look = useLook();
  const fitted = cutTo(pieces, columns);
  if (fitted.length === 0) return <Text> </Text>;
  return (
    <Text wrap="truncate-end">
      {fitted.map(({ text, tone }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no identity but their place
        <Text key={index} {...inkStyle(tone, look.color)}>
          {look.unicode ? text : toAscii(text)}
        </Text>
      ))}
    </Text>
  );
}

/** Text on the left and on the right of one line; the right one gives way. */
export function between(left: readonly Piece[], right: readonly Piece[], columns: number): readonly Piece[] {
  const gap = columns - lengthOf(left) - lengthOf(right);
  return gap < 2 ? left : [...left, piece(' '.repeat(gap)), ...right];
}

/** Facts in one line, `a · b · c`, as many as fit. */
export function facts(items: readonly (readonly Piece[])[], columns: number): readonly Piece[] {
  let line: readonly Piece[] = [];
  for (const item of items) {
    const next = line.length === 0 ? item : [...line, piece(' · ', 'dim'), ...item];
    if (line.length > 0 && lengthOf(next) > columns) break;
    line = next;
  }
  return line;
}

export function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((length, { text }) => length + Array.from(text).length, 0);
}

function cutTo(pieces: readonly Piece[], columns: number): readonly Piece[] {
  if (lengthOf(pieces) <= columns) return pieces.filter(({ text }) => text !== '');
  const fitted: Piece[] = [];
  let room = Math.max(0, columns - 1);
  for (const { text, tone } of pieces) {
    const signs = Array.from(text);
    fitted.push(piece(signs.slice(0, room).join(''), tone));
    room -= signs.length;
    if (room <= 0) break;
  }
  return [...fitted, piece('…', 'dim')].filter(({ text }) => text !== '');
}
