import { formatDate, formatNumber } from '../format/quantities.ts';
import { statusWords } from '../format/status.ts';
import { fieldOf, isShownAnyway } from '../run-list/fields.ts';
import type { RunWithSettings } from '../run-list/listed-run.ts';
import { painter } from '../terminal/style.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { toAscii } from '../terminal/text.ts';
import { columns, cutLines } from './table.ts';

interface Column {
  readonly title: string;
  readonly cell: (run: RunWithSettings) => string;
  /** Narrow terminals lose the columns with the smallest numbers first. */
  readonly worth: number;
}

const COLUMNS: readonly Column[] = [
  { title: 'RUN', cell: ({ run }) => run.id, worth: 9 },
  { title: 'STARTED', cell: ({ run }) => formatDate(run.createdAt), worth: 3 },
  { title: 'MODEL', cell: ({ run }) => run.model ?? '–', worth: 2 },
  { title: 'PROFILE', cell: ({ run }) => run.profile ?? '–', worth: 1 },
  { title: 'STATUS', cell: ({ run }) => `${statusWords(run.status)}${run.pinned ? ', pinned' : ''}`, worth: 7 },
  { title: 'EPOCH', cell: ({ run }) => (run.epoch === 0 ? '–' : String(run.epoch)), worth: 4 },
  {
    title: 'BEST',
    cell: ({ run: { best } }) => (best === null ? '–' : `${best.metric} ${formatNumber(best.value)}`),
    worth: 8,
  },
];

/** What tells runs of one file apart; there only where some were told otherwise. */
const CHANGED: Column = { title: 'CHANGED', cell: ({ run }) => run.set.join(', ') || '–', worth: 5 };

/** Its beginning, where a terminal has no room for all of it. */
const CHANGED_IN_SHORT: Column = { ...CHANGED, cell: (listed) => cutLines([CHANGED.cell(listed)], 24).join() };

/** @param asked metrics and settings that the user has named: each gets a column */
export function formatRuns(
  runs: readonly RunWithSettings[],
  asked: readonly string[],
  terminal: Terminal,
  width: number,
): string {
  const more = [...new Set(asked)].filter((name) => !isShownAnyway(name));
  const isChanged = runs.some(({ run }) => run.set.length > 0);
  const withChanged = (column: Column): readonly Column[] => [
    ...COLUMNS,
    ...(isChanged ? [column] : []),
    ...more.map((name): Column => ({ title: name, cell: (run) => cellOf(fieldOf(run, name)), worth: 6 })),
  ];
  const isTooWide = () => lines.some((line) => line.length > width);
  let shown = withChanged(CHANGED);
  let lines = linesOf(shown, runs);
  if (isTooWide()) {
    shown = withChanged(CHANGED_IN_SHORT);
    lines = linesOf(shown, runs);
  }
  while (isTooWide() && shown.length > 1) {
    const least = Math.min(...shown.map(({ worth }) => worth));
    shown = shown.toSpliced(
      shown.findLastIndex(({ worth }) => worth === least),
      1,
    );
    lines = linesOf(shown, runs);
  }
  const [head = '', ...rest] = cutLines(lines, width);
  const text = [painter(terminal.color)(head, 'dim'), ...rest].join('\n');
  return `${terminal.unicode ? text : text.split('\n').map(toAscii).join('\n')}\n`;
}

function linesOf(shown: readonly Column[], runs: readonly RunWithSettings[]): readonly string[] {
  return columns([shown.map(({ title }) => title), ...runs.map((run) => shown.map(({ cell }) => cell(run)))]);
}

function cellOf(value: number | string | null): string {
  if (value === null) return '–';
  return typeof value === 'number' ? formatNumber(value) : value;
}
