import { formatTime } from '../format/quantities.ts';
import type { Note } from '../output/plain.ts';
import type { Tone } from '../terminal/style.ts';
import { Line, piece } from './line.tsx';

const LEVEL_TONES: Readonly<Record<Note['level'], Tone>> = { info: 'dim', warning: 'warning', error: 'bad' };

/** The latest notes, newest last, always `rows` lines high so that nothing below it jumps. */
export function LogTail({
  notes,
  columns,
  rows,
}: {
  readonly notes: readonly Note[];
  readonly columns: number;
  readonly rows: number;
}) {
  const lines = notes.slice(-rows);
  return (
    <>
      {Array.from({ length: rows }, (_, row) => {
        const line = lines[row];
        const pieces =
          line === undefined
            ? []
            : [piece(`${formatTime(line.time)}  `, 'dim'), piece(line.text, LEVEL_TONES[line.level])];
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
        return <Line key={row} columns={columns} pieces={pieces} />;
      })}
    </>
  );
}
