/**
 * Which panels of the overview a terminal has room for. A frame is at most `rows − 1` lines: the last one stays free, so
 * that no terminal ever scrolls.
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

/** Wider lines are no longer read as one. */
export const MAX_COLUMNS = 200;
const SIDE_BY_SIDE_COLUMNS = 72;
const CURVE_ROWS = { min: 6, max: 18 } as const;
const FACT_ROWS = { least: 3, most: 6 } as const;
const LOG_ROWS = { min: 2, max: 12 } as const;

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
  let facts = take(FACT_ROWS.least, 1);
  let log = take(LOG_ROWS.min, 1);
  facts += facts === FACT_ROWS.least ? take(Math.min(FACT_ROWS.most - facts, room)) : 0;
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
