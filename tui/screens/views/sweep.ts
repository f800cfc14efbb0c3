import type { MatrixResults, MemberResult } from '../../../runtime/run/matrix-results.ts';
import { formatDuration, formatNumber, formatUsd } from '../../format/quantities.ts';
import type { Tone } from '../../terminal/style.ts';
import { textLength } from '../../terminal/text.ts';
import { cutTo, EMPTY_LINE, facts, type Line, padTo, piece } from '../piece.ts';
import { bar } from '../progress.ts';
import type { ShownMatrix } from '../shown-run.ts';
import type { DrawView, ViewProps } from '../view.ts';

/** All runs of a sweep or of folds, the best first; one of them is chosen, and Enter opens it. */
export const sweepView: DrawView = (props) => {
  const { matrix, columns, rows } = props;
  if (matrix === null) return { lines: [[piece('this run belongs to no sweep', 'dim')]], scrollable: 0 };
  const results = matrix.results();
  const ranked = rankedMembers(results);
  const head = [...summaryLines(props, matrix, results), EMPTY_LINE].slice(0, Math.max(0, rows - 2));
  const table = tableOf(ranked, results, matrix, columns);
  // What does not fit into its column is written out for the chosen run.
  const below = table.isCut && rows > head.length + 4 ? 2 : 0;
  const room = Math.max(0, rows - head.length - 1 - below);
  const chosen = Math.min(props.ui.sweep.chosen, ranked.length - 1);
  // The chosen one stays in the middle as far as there is something on both sides.
  const start = Math.max(0, Math.min(chosen - Math.floor(room / 2), ranked.length - room));
  const body = table.rows.slice(start, start + room).map((line, index): Line => {
    if (start + index !== chosen) return [piece('  '), ...line];
    return [piece('▸ ', 'accent'), ...padTo(line, columns - 2).map((part) => ({ ...part, tone: strongly(part.tone) }))];
  });
  const name = ranked[chosen]?.member.name ?? '';
  const written = below === 0 ? [] : [EMPTY_LINE, cutTo([piece('▸ ', 'accent'), piece(name)], columns)];
  return { lines: [...head, [piece('  '), ...table.head], ...body, ...written], scrollable: 0 };
};

/** In the order of the table: by rank of their settings, folds of the same settings together. */
export function rankedMembers({ trials }: MatrixResults): readonly MemberResult[] {
  return trials.flatMap(({ members }) => members);
}

function strongly(tone: Tone): Tone {
  return tone === 'plain' || tone === 'dim' ? 'strong' : tone;
}

const STATUS: Readonly<
  Record<MemberResult['status'], { readonly sign: string; readonly text: string; readonly tone: Tone }>
> = {
  waiting: { sign: '·', text: 'waiting', tone: 'dim' },
  starting: { sign: '●', text: 'starting', tone: 'accent' },
  running: { sign: '●', text: 'running', tone: 'accent' },
  completed: { sign: '✓', text: 'completed', tone: 'good' },
  early_stopped: { sign: '✓', text: 'early stop', tone: 'good' },
  stopped_early: { sign: '◆', text: 'held back', tone: 'warning' },
  stopped: { sign: '○', text: 'stopped', tone: 'warning' },
  failed: { sign: '✗', text: 'failed', tone: 'bad' },
  killed: { sign: '✗', text: 'killed', tone: 'bad' },
  lost: { sign: '✗', text: 'lost', tone: 'bad' },
};

function summaryLines(
  { columns }: ViewProps,
  { budget, pricePerHourUsd }: ShownMatrix,
  { members, trials, rankedBy, seconds }: MatrixResults,
): readonly Line[] {
  const ended = members.filter(({ finished }) => finished !== null).length;
  const best = trials[0]?.mean ?? null;
  const items: Line[] = [[piece(`${ended} of ${members.length} runs ended`)]];
  if (best !== null) items.push([piece(`best ${rankedBy.metric} `), piece(formatNumber(best), 'good')]);
  const usd = pricePerHourUsd === null || pricePerHourUsd === 0 ? null : (seconds / 3600) * pricePerHourUsd;
  const limit = budget?.usd ?? null;
  if (usd !== null) items.push([piece(limit === null ? formatUsd(usd) : `${formatUsd(usd)} of ${formatUsd(limit)}`)]);
  return [
    [
      ...bar(ended / Math.max(1, members.length), Math.min(24, Math.floor(columns / 4))),
      piece('  '),
      ...facts(items, columns - 28),
    ],
  ];
}

interface Cell {
  readonly text: string;
  readonly tone: Tone;
  readonly right?: boolean;
}

/** Columns in the order of their worth: what does not fit falls away from the end, the settings are cut first. */
function tableOf(
  ranked: readonly MemberResult[],
  { rankedBy, trials }: MatrixResults,
  { pricePerHourUsd }: ShownMatrix,
  width: number,
): { readonly head: Line; readonly rows: readonly Line[]; readonly isCut: boolean } {
  const ranks = new Map(
    trials.flatMap(({ members, mean }, rank) =>
      members.map((member) => [member, mean === null ? '–' : String(rank + 1)] as const),
    ),
  );
  const isPriced = pricePerHourUsd !== null && pricePerHourUsd > 0;
  const heads = ['#', rankedBy.metric, 'status', 'run', 'epoch', 'time', ...(isPriced ? ['cost'] : [])];
  const best = ranked[0]?.best ?? null;
  const cells = ranked.map((result): readonly Cell[] => {
    const { sign, text, tone } = STATUS[result.status];
    const isBest = result.best !== null && result.best === best;
    return [
      { text: ranks.get(result) ?? '–', tone: 'dim', right: true },
      { text: result.best === null ? '–' : formatNumber(result.best), tone: isBest ? 'good' : 'plain', right: true },
      { text: `${sign} ${text}`, tone },
      { text: result.member.name, tone: result.status === 'waiting' ? 'dim' : 'plain' },
      { text: result.epoch === 0 ? '–' : String(result.epoch), tone: 'dim', right: true },
      { text: result.seconds === 0 ? '–' : formatDuration(result.seconds), tone: 'dim', right: true },
      ...(isPriced
        ? [
            {
              text: result.seconds === 0 ? '–' : formatUsd((result.seconds / 3600) * (pricePerHourUsd ?? 0)),
              tone: 'dim' as const,
              right: true,
            },
          ]
        : []),
    ];
  });
  const widths = heads.map((head, column) =>
    Math.max(textLength(head), ...cells.map((row) => textLength(row[column]?.text ?? ''))),
  );
  const shown = fitting(widths, width - 2);
  const layOut = (row: readonly Cell[]): Line =>
    shown.flatMap(({ column, columns }) => {
      const cell = row[column] ?? { text: '', tone: 'plain' as const };
      const cut =
        textLength(cell.text) > columns
          ? `${Array.from(cell.text)
              .slice(0, columns - 1)
              .join('')}…`
          : cell.text;
      const gap = ' '.repeat(columns - textLength(cut));
      return [piece(cell.right === true ? gap + cut : cut + gap, cell.tone), piece('  ')];
    });
  const aligned = heads.map((text, column): Cell => ({ text, tone: 'dim', right: cells[0]?.[column]?.right ?? false }));
  const names = shown.find(({ column }) => column === NAME_COLUMN)?.columns ?? 0;
  return { head: layOut(aligned), rows: cells.map(layOut), isCut: names < (widths[NAME_COLUMN] ?? 0) };
}

const NAME_COLUMN = 3;
const LEAST_NAME = 10;

/** Drops columns from the end until the rest fits, once the names are as short as they may be. */
function fitting(
  widths: readonly number[],
  room: number,
): readonly { readonly column: number; readonly columns: number }[] {
  for (let count = widths.length; count > 2; count--) {
    const shown = widths.slice(0, count);
    const total = shown.reduce((sum, width) => sum + width + 2, 0);
    const excess = Math.max(0, total - room);
    const name = (shown[NAME_COLUMN] ?? 0) - excess;
    if (excess === 0 || (count > NAME_COLUMN && name >= LEAST_NAME))
      return shown.map((columns, column) => ({ column, columns: column === NAME_COLUMN ? name : columns }));
  }
  return widths.slice(0, 2).map((columns, column) => ({ column, columns }));
}
