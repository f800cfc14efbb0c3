import type { ScreenMode, Situation } from '../keys.ts';
import type { Picture } from '../terminal/graphics/raster.ts';
import type { Look } from './paint.ts';
import type { Line } from './piece.ts';
import type { ShownMatrix, ShownRun } from './shown-run.ts';
import type { UiState } from './ui-state.ts';

/** Everything a frame is a function of. */
export interface ScreenProps {
  readonly run: ShownRun;
  readonly matrix: ShownMatrix | null;
  /** Which run of how many this is; null for a run of its own. */
  readonly group: string | null;
  readonly mode: ScreenMode;
  readonly ui: UiState;
  /** What is to be said for a moment: what was asked for, or how it ends. */
  readonly notice: string | null;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  readonly columns: number;
  readonly rows: number;
  readonly look: Look;
}

export function situationOf({ run, matrix, mode }: ScreenProps): Situation {
  return { mode, ended: run.store.current().finished !== null, ofMatrix: matrix !== null };
}

/** What a view draws in: what remains between header and hints. */
export interface ViewProps extends ScreenProps {
  /** Null where there is no room for empty lines. */
  readonly airy: boolean;
}

export interface DrawnView {
  readonly lines: readonly Line[];
  /** Lines that can be scrolled to and are not shown. */
  readonly scrollable: number;
  /** Over the lines, in the view's own rows. */
  readonly pictures?: readonly Picture[];
}

export type DrawView = (props: ViewProps) => DrawnView;
