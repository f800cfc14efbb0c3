import { bindingsOf, type ScreenMode } from '../keys.ts';
import { wrapWords } from '../terminal/text.ts';
import { Line, piece } from './line.tsx';

const KEY_COLUMNS = 8;

/** What each key does, from the same table that dispatches them. */
export function Help({
  mode,
  columns,
  rows,
}: {
  readonly mode: ScreenMode;
  readonly columns: number;
  readonly rows: number;
}) {
  const lines = bindingsOf(mode).flatMap(({ keys, help }) =>
    wrapWords(help, Math.max(20, columns - KEY_COLUMNS)).map((text, index) => [
      piece((index === 0 ? keys.join(' ') : '').padEnd(KEY_COLUMNS), 'accent'),
      piece(text),
    ]),
  );
  return (
    <>
      {[[piece('Keys', 'strong')], [], ...lines].slice(0, rows).map((pieces, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
        <Line key={row} columns={columns} pieces={pieces} />
      ))}
    </>
  );
}
