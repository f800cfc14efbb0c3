import type { Vec3 } from '../../../runtime/data/types.ts';
import { metricLabel } from '../../../runtime/metrics/table.ts';
import { PREDICTED_COLORS, TRUTH_COLORS } from '../../../runtime/overview/contour-colors.ts';
import { largestCrossSections, VIEWS, type View } from '../../../runtime/overview/planes.ts';
import type { Preview } from '../../../runtime/previews/read.ts';
import { formatNumber } from '../../format/quantities.ts';
import type { Picture } from '../../terminal/graphics/raster.ts';
import type { CellSize } from '../../terminal/graphics/support.ts';
import { textLength } from '../../terminal/text.ts';
import { beside, EMPTY_LINE, type Line, lengthOf, type Piece, padTo, piece } from '../piece.ts';
import { AGREED_COLOR, LETTERS, sliceLines, sliceRaster } from '../slice-lines.ts';
import { extentOf, normalOf, sidesOf, slicePixels, viewOf } from '../slice-pixels.ts';
import type { DrawView, ViewProps } from '../view.ts';

/** A validation case: three planes, or one, with the contours of truth and prediction. */
export const slicesView: DrawView = (props) => {
  const { run, ui, columns, rows } = props;
  const cases = run.previews.cases();
  const caseId = cases[Math.min(ui.slices.caseIndex, cases.length - 1)];
  const preview = caseId === undefined ? null : run.previews.read(caseId);
  if (caseId === undefined || preview === null || rows < 6)
    return { lines: [[piece(whyNone(props), 'dim')]], scrollable: 0 };
  const views = shownViews(props);
  const foot = [legend(props)];
  const area = { columns: columns - GAP * (views.length - 1), rows: rows - 1 - foot.length - 1 };
  const { lines, pictures } = drawnPanels(props, preview, area);
  return { lines: [caseLine(props, caseId, cases.length), ...lines, EMPTY_LINE, ...foot], scrollable: 0, pictures };
};

const GAP = 4;
/** Beside and around an image: the letters of its sides, its title. */
const SIDE_COLUMNS = 2;
const FRAME_ROWS = 3;
/** A contour's width of a character's, where the terminal shows pictures. */
const CONTOURS_A_CELL = 5;
/** Three planes beside each other need so much, or one of them is shown. */
const LEAST_FOR_ALL = 72;

function whyNone({ run, rows }: ViewProps): string {
  if (rows < 6) return 'the terminal is too low for pictures';
  const { data, finished } = run.store.current();
  if (data !== null && data.subjects.validation.length === 0) return 'this run has no validation cases';
  if (finished !== null) return 'this run has left no pictures of its validation cases';
  return 'here stand the validation cases, after the first validation; v validates now';
}

/** One plane, or all three where there is room. */
export function shownViews({ ui, columns }: Pick<ViewProps, 'ui' | 'columns'>): readonly View[] {
  const { plane } = ui.slices;
  if (plane !== 'all') return [viewOf(plane)];
  return columns >= LEAST_FOR_ALL ? VIEWS : [VIEWS[0]];
}

/** The pixels of a character: of two half blocks, or of the terminal. */
const HALF_BLOCKS: CellSize = { width: 1, height: 2 };

/** Pixels a millimetre, the same for all planes so that they can be compared. */
function commonScale(preview: Preview, views: readonly View[], area: Area, cell: CellSize): number {
  const extents = views.map((view) => extentOf(preview, view));
  const across = extents.reduce((sum, { width }) => sum + width, 0);
  const highest = Math.max(...extents.map(({ height }) => height));
  return Math.min(
    (cell.width * (area.columns - 2 * SIDE_COLUMNS * views.length - views.length)) / across,
    (cell.height * Math.max(1, area.rows - FRAME_ROWS)) / highest,
  );
}

/** Where a plane stands: its array index, and its number counted towards head, front or right. */
export function placeOf(
  preview: Preview,
  view: View,
  offset: number,
): {
  readonly index: number;
  readonly number: number;
  readonly count: number;
  readonly below: number;
  readonly above: number;
} {
  const { axis, count, sign } = normalOf(preview, view);
  const centre = centresOf(preview)[axis];
  const centreNumber = sign === 1 ? centre : count - 1 - centre;
  const number = Math.max(0, Math.min(count - 1, centreNumber + offset));
  return {
    index: sign === 1 ? number : count - 1 - number,
    number: number + 1,
    count,
    below: centreNumber,
    above: count - 1 - centreNumber,
  };
}

const centres = new WeakMap<Preview, Vec3>();

/** The largest cross-sections of the truth, or of the prediction where there is none. Looked for once a volume. */
function centresOf(preview: Preview): Vec3 {
  const known = centres.get(preview);
  if (known !== undefined) return known;
  const marked = preview.truth.some((label) => label > 0) ? preview.truth : preview.predicted;
  const found = largestCrossSections(marked, preview.shape);
  centres.set(preview, found);
  return found;
}

interface Drawn {
  readonly key: string;
  readonly lines: readonly Line[];
  readonly pictures: readonly Picture[];
}

/** What was drawn of a volume last: the same lines again while nothing about them has changed. */
const drawings = new WeakMap<Preview, Drawn>();

function drawnPanels(props: ViewProps, preview: Preview, area: Area): Drawn {
  const { ui, look } = props;
  const key = JSON.stringify([ui.slices, look, props.columns, area]);
  const before = drawings.get(preview);
  if (before?.key === key) return before;
  const views = shownViews(props);
  const scale = commonScale(preview, views, area, look.graphics?.cell ?? HALF_BLOCKS);
  const panels = views.map((view) => panel(props, preview, view, scale));
  const widths = widthsOf(panels, area.columns);
  const lines = beside(
    panels.map((each, index) => ({ lines: each.lines, columns: widths[index] ?? each.columns })),
    GAP,
  );
  const pictures = panels.flatMap(({ picture }, index) => {
    const before = widths.slice(0, index).reduce((sum, width) => sum + width + GAP, 0);
    return picture === null ? [] : [{ ...picture, column: picture.column + before }];
  });
  const drawn = { key, lines, pictures };
  drawings.set(preview, drawn);
  return drawn;
}

interface Area {
  /** For all planes together, without the gaps between them. */
  readonly columns: number;
  readonly rows: number;
}

interface Panel {
  readonly lines: readonly Line[];
  readonly columns: number;
  readonly picture: Picture | null;
}

/** So that a title stands in one line. */
const TITLE_COLUMNS = 18;

/** Narrow planes get the width of their titles where there is room for it. */
function widthsOf(panels: readonly Panel[], columns: number): readonly number[] {
  const titled = panels.map((panel) => Math.max(TITLE_COLUMNS, panel.columns));
  const isRoom = titled.reduce((sum, width) => sum + width, 0) <= columns;
  return isRoom ? titled : panels.map((panel) => panel.columns);
}

/** Above a picture: the line of the case, its title, the letter of its upper side. */
const ROWS_ABOVE = 3;

function panel({ ui, look, columns }: ViewProps, preview: Preview, view: View, scale: number): Panel {
  const { plane, offset, truth, prediction, convention } = ui.slices;
  const moves = shownViews({ ui, columns })[0] === view || plane !== 'all';
  const place = placeOf(preview, view, moves ? offset : 0);
  const neurological = convention === 'neurological';
  const cell = look.graphics?.cell ?? HALF_BLOCKS;
  const line = Math.max(1, Math.round(cell.width / CONTOURS_A_CELL));
  const pixels = slicePixels(preview, { view, index: place.index, neurological }, scale, line);
  const imageColumns = Math.ceil(pixels.width / cell.width);
  const blank: Line = [piece(' '.repeat(imageColumns))];
  const image =
    look.graphics === null
      ? sliceLines(pixels, { truth, prediction }, look)
      : Array.from({ length: Math.ceil(pixels.height / cell.height) }, () => blank);
  const [left, right, above, below] = sidesOf(view, neurological);
  const width = imageColumns + 2 * SIDE_COLUMNS;
  const centred = (letter: string): Line => [piece(`${' '.repeat(Math.floor((width - 1) / 2))}${letter}`, 'dim')];
  const middle = Math.floor(image.length / 2);
  const rows = image.map(
    (line, row): Line => [
      piece(row === middle ? `${left} ` : '  ', 'dim'),
      ...line,
      piece(row === middle ? ` ${right}` : '  ', 'dim'),
    ],
  );
  const title: Line = [
    piece(`${' '.repeat(SIDE_COLUMNS)}${view.name} `, moves ? 'strong' : 'plain'),
    piece(`${place.number} / ${place.count}`, 'dim'),
  ];
  const picture =
    look.graphics === null
      ? null
      : {
          row: ROWS_ABOVE,
          column: SIDE_COLUMNS,
          rows: rows.length,
          raster: sliceRaster(pixels, { truth, prediction }),
        };
  return { lines: [title, centred(above), ...rows, centred(below)], columns: width, picture };
}

function caseLine({ run, ui, columns }: ViewProps, caseId: string, count: number): Line {
  const { cases, data } = run.store.current();
  const measured = cases[caseId];
  const number = Math.min(ui.slices.caseIndex, count - 1) + 1;
  const line: Piece[] = [piece(caseId, 'strong'), piece(`  case ${number} of ${count}`, 'dim')];
  if (measured === undefined) return line;
  if (columns >= LEAST_FOR_ALL) line.push(piece(`  epoch ${measured.epoch}`, 'dim'));
  // The means before the classes.
  const named = Object.entries(measured.metrics).sort(([a], [b]) => Number(a.includes('.')) - Number(b.includes('.')));
  for (const [name, value] of named.slice(0, 3)) {
    const text = `  ${metricLabel(name, data?.classes ?? [])} ${formatNumber(value)}`;
    if (lengthOf(line) + textLength(text) <= columns) line.push(piece(text));
  }
  return line;
}

/** What the contours mean, and from where one looks. */
function legend({ ui, look, columns }: ViewProps): Line {
  const { truth, prediction, convention } = ui.slices;
  const sign = (letter: string, color: Piece['colors']): Piece =>
    look.depth === 'none' ? piece(letter) : { text: '━━', tone: 'plain', colors: color };
  const line: Piece[] = [];
  if (truth) line.push(sign(LETTERS.truth, { text: TRUTH_COLORS[0], behind: null }), piece(' truth   '));
  if (prediction)
    line.push(sign(LETTERS.prediction, { text: PREDICTED_COLORS[0], behind: null }), piece(' prediction   '));
  if (truth && prediction) line.push(sign(LETTERS.both, { text: AGREED_COLOR, behind: null }), piece(' both   '));
  const side = convention === 'radiological' ? 'right' : 'left';
  const wordings = [`${convention}: the patient’s left is on the ${side}`, convention];
  const fitting = wordings.find((text) => lengthOf(line) + text.length <= columns) ?? '';
  return padTo([...line, piece(fitting, 'dim')], columns);
}
