import { chartLines } from '../chart-lines.ts';
import { beside, EMPTY_LINE, type Line, piece } from '../piece.ts';
import { type Series, seriesOf } from '../series.ts';
import type { DrawView, ViewProps } from '../view.ts';

const GAP = 3;
const LEAST = { columns: 36, rows: 7 } as const;

/** Every curve of the run in a grid, or the chosen one alone. */
export const curvesView: DrawView = (props) => {
  const { run, ui, columns, rows } = props;
  if (rows < 3) return { lines: [], scrollable: 0 };
  const all = seriesOf(run.store.current());
  const chosen = Math.min(ui.curves.chosen, all.length - 1);
  const one = all[chosen];
  if (ui.curves.enlarged && one !== undefined) return { lines: chart(props, one, columns, rows, true), scrollable: 0 };
  const across = Math.max(1, Math.min(3, Math.floor((columns + GAP) / (LEAST.columns + GAP)), all.length));
  const perPage = across * Math.max(1, Math.floor(rows / LEAST.rows));
  const start = Math.floor(chosen / perPage) * perPage;
  const page = all.slice(start, start + perPage);
  const gridRows = Math.ceil(page.length / across);
  const rest = all.length > perPage ? 1 : 0;
  const height = Math.max(3, Math.floor((rows - rest - (gridRows - 1)) / gridRows));
  const width = Math.floor((columns - (across - 1) * GAP) / across);
  const lines: Line[] = [];
  for (let row = 0; row < gridRows; row++) {
    const charts = page.slice(row * across, (row + 1) * across).map((series, index) => ({
      lines: chart(props, series, width, height, start + row * across + index === chosen),
      columns: width,
    }));
    lines.push(...(row > 0 ? [EMPTY_LINE] : []), ...beside(charts, GAP));
  }
  if (rest > 0) lines.push([piece(`${start + 1} to ${start + page.length} of ${all.length} curves`, 'dim')]);
  return { lines, scrollable: 0 };
};

function chart(
  { ui, look }: ViewProps,
  series: Series,
  columns: number,
  rows: number,
  chosen: boolean,
): readonly Line[] {
  return chartLines(series, { columns, rows, unicode: look.unicode, settings: ui.curves, chosen });
}
