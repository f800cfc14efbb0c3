import type { ViewName } from '../keys.ts';
import type { Picture } from '../terminal/graphics/raster.ts';
import { headerLine, identityOf, sweepHeaderLine, tabLine } from './header.ts';
import { hintLine } from './key-hints.ts';
import { layoutFor } from './layout.ts';
import { EMPTY_LINE, type Line, piece } from './piece.ts';
import type { ShownMatrix } from './shown-run.ts';
import { type DrawView, type ScreenProps, situationOf } from './view.ts';
import { curvesView } from './views/curves.ts';
import { helpView } from './views/help.ts';
import { logView } from './views/log.ts';
import { overviewView } from './views/overview.ts';
import { planView } from './views/plan.ts';
import { slicesView } from './views/slices.ts';
import { sweepView } from './views/sweep.ts';

/** The pages, in the order of their tabs. */
const VIEWS: Readonly<Record<ViewName, DrawView>> = {
  overview: overviewView,
  curves: curvesView,
  slices: slicesView,
  plan: planView,
  log: logView,
  sweep: sweepView,
  help: helpView,
};

export interface Frame {
  readonly lines: readonly Line[];
  readonly scrollable: number;
  readonly page: number;
  readonly pictures: readonly Picture[];
}

/** The pages that there are. */
export function viewNames(matrix: ShownMatrix | null): readonly ViewName[] {
  return matrix === null
    ? ['overview', 'curves', 'slices', 'plan', 'log']
    : ['overview', 'curves', 'slices', 'plan', 'log', 'sweep'];
}

/** The whole screen as a pure function of what is known: at most `rows − 1` lines. */
export function drawScreen(props: ScreenProps): Frame {
  const { run, matrix, group, ui, notice, now, rows } = props;
  const layout = layoutFor(props.columns, rows);
  const { columns } = layout;
  const state = run.store.current();
  const tabs = viewNames(matrix).map((name, index) => ({ name, key: String(index + 1) }));
  // The page of a sweep is about all of its runs, the others about one.
  const header =
    ui.view === 'sweep' && matrix !== null
      ? [sweepHeaderLine(matrix, columns), tabLine(tabs, ui.view, [[piece(matrix.id, 'dim')]], columns)]
      : [headerLine(state, group, now, columns), tabLine(tabs, ui.view, identityOf(state), columns)];
  const head = header.slice(0, layout.header);
  const hints = notice === null ? hintLine(situationOf(props), ui.view, columns) : [piece(notice, 'warning')];
  const foot = layout.hints ? [hints] : [];
  const air = layout.airy ? [EMPTY_LINE] : [];
  const room = Math.max(0, rows - 1 - head.length - foot.length - 2 * air.length);
  const { lines, scrollable, pictures = [] } = VIEWS[ui.view]({ ...props, columns, rows: room, airy: layout.airy });
  const body = lines.slice(0, room);
  const above = head.length + air.length;
  // The hints stay where they are, however little a page has to show.
  const filled =
    ui.view === 'overview' ? body : [...body, ...Array.from({ length: room - body.length }, () => EMPTY_LINE)];
  return {
    lines: [...head, ...air, ...filled, ...air, ...foot].slice(0, Math.max(1, rows - 1)),
    scrollable,
    page: Math.max(1, room - 1),
    pictures: pictures.map((picture) => ({ ...picture, row: picture.row + above })),
  };
}
