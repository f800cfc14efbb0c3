/**
 * Which panels a terminal has room for. A frame is at most `rows − 1` lines: a taller one would wipe the scrollback, an
 * equal one flickers.
 */

export interface Layout {
  readonly columns: number;
  readonly header: number;
  readonly progress: number;
  readonly curves: { readonly rows: number; readonly sideBySide: boolean } | null;
  readonly facts: number;
  readonly log: number;
  readonly hints: boolean;
  /** Empty lines between the panels. */
  readonly airy: boolean;
}

/** Wider curves say no more, and eyes have to travel. */
const MAX_COLUMNS = 160;
const SIDE_BY_SIDE_COLUMNS = 72;
const CURVE_ROWS = { min: 6, max: 13 } as const;
const FACT_ROWS = 4;
const LOG_ROWS = { min: 2, max: 6 } as const;

/** Panels in the order of their worth; each is added while it fits. */
export function layoutFor(columns: number, rows: number): Layout {
  let room = Math.max(1, rows - 1);
  const take = (wanted: number, least = wanted): number => {
    const taken = room >= wanted ? wanted : room >= least ? room : 0;
    room -= taken;
    return taken;
  };
  const width = Math.min(columns, MAX_COLUMNS);
  const sideBySide = width >= SIDE_BY_SIDE_COLUMNS;
  const charts = sideBySide ? 1 : 2;
  const progress = take(3, 1);
  const header = take(2, 1);
  const hints = take(1) === 1;
  let curveRows = take(CURVE_ROWS.min * charts);
  const facts = take(FACT_ROWS, 1);
  let log = take(LOG_ROWS.min, 1);
  const panels = [header, progress, curveRows, facts, log, hints ? 1 : 0].filter((panel) => panel > 0).length;
  const airy = take(panels - 1) > 0;
  if (curveRows > 0) {
    // Two lines for the curves, one for the log, until either has enough.
    const growth = Math.min(CURVE_ROWS.max * charts - curveRows, Math.ceil(room * 0.75));
    curveRows += take(Math.floor(growth / charts) * charts);
  }
  log += take(Math.min(LOG_ROWS.max - log, room));
  return {
    columns: width,
    header,
    progress,
    curves: curveRows === 0 ? null : { rows: curveRows / charts, sideBySide },
    facts,
    log,
    hints,
    airy,
  };
}
