import { bindingsOf, type ScreenMode } from '../keys.ts';
import { Line, type Piece, piece } from './line.tsx';

export function KeyHints({
  mode,
  stopping,
  columns,
}: {
  readonly mode: ScreenMode;
  readonly stopping: boolean;
  readonly columns: number;
}) {
  if (stopping) {
    const text = 'stopping after this step, with a checkpoint; Ctrl-C ends it at once';
    return <Line columns={columns} pieces={[piece(text, 'warning')]} />;
  }
  const hints = bindingsOf(mode).flatMap(({ keys, hint }): readonly Piece[] => [
    piece(keys[0] ?? '', 'accent'),
    piece(` ${hint}   `, 'dim'),
  ]);
  return <Line columns={columns} pieces={hints} />;
}
