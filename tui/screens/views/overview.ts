import { chartLines } from '../chart-lines.ts';
import { factLines } from '../facts-panel.ts';
import { layoutFor } from '../layout.ts';
import { logTail } from '../log-lines.ts';
import { beside, EMPTY_LINE, type Line } from '../piece.ts';
import { progressLines } from '../progress.ts';
import { lossSeries, metricSeries } from '../series.ts';
import type { DrawView, ViewProps } from '../view.ts';

const GAP = 3;

/** How the run stands, all at a glance. */
export const overviewView: DrawView = (props) => {
  const { run, now, columns, rows, airy } = props;
  // Of the whole terminal: header, hints and the air around them are taken off again.
  const layout = layoutFor(columns, rows + (airy ? 6 : 4));
  const state = run.store.current();
  const { budget, memory } = run;
  const of = { state, plan: run.planFile?.plan ?? null, budget, memory, tracking: run.tracking(), now, columns };
  const panels: readonly (readonly Line[])[] = [
    progressLines(state, now, columns).slice(0, Math.max(1, layout.progress)),
    layout.curves === null ? [] : curves(props, layout.curves),
    factLines(of, layout.facts),
    logTail(run.store.notes(), layout.log),
  ];
  const filled = panels.filter((panel) => panel.length > 0);
  const lines = filled.flatMap((panel, index) => (airy && index > 0 ? [EMPTY_LINE, ...panel] : panel));
  return { lines, scrollable: 0 };
};

/** The loss of every step, and the watched metric of every validation with its best marked. */
function curves(
  { run, ui, columns, look }: ViewProps,
  { rows, sideBySide }: { readonly rows: number; readonly sideBySide: boolean },
): readonly Line[] {
  const state = run.store.current();
  const width = sideBySide ? Math.floor((columns - GAP) / 2) : columns;
  const settings = { ...ui.curves, zoom: 0, pan: 0 };
  const frame = { columns: width, rows, unicode: look.unicode, settings, chosen: false };
  const charts = [lossSeries(state), metricSeries(state, state.watch.metric)].map((series) =>
    chartLines(series, frame),
  );
  if (!sideBySide) return charts.flat();
  return beside(
    charts.map((lines) => ({ lines, columns: width })),
    GAP,
  );
}
