import type { LogLine } from '../../runtime/events/run-state.ts';
import { formatTime } from '../format/quantities.ts';
import type { Tone } from '../terminal/style.ts';
import { oneLine } from '../terminal/text.ts';
import { Line, piece } from './line.tsx';

const LEVEL_TONES: Readonly<Record<LogLine['level'], Tone>> = { info: 'plain', warning: 'warning', error: 'bad' };

/** The latest lines of the log, newest last, always `rows` lines high so that nothing below it jumps. */
export function LogTail({
  log,
  columns,
  rows,
}: {
  readonly log: readonly LogLine[];
  readonly columns: number;
  readonly rows: number;
}) {
  const lines = log.slice(-rows);
  return (
    <>
      {Array.from({ length: rows }, (_, row) => {
        const line = lines[row];
        const pieces =
          line === undefined
            ? []
            : [piece(`${formatTime(line.time)}  `, 'dim'), piece(oneLine(line.message), LEVEL_TONES[line.level])];
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
        return <Line key={row} columns={columns} pieces={pieces} />;
      })}
    </>
  );
}
