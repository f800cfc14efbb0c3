import { compareValues, type Effect, type Sweep, type SweepMember } from '../../runtime/compare/sweep.ts';
import type { Trial } from '../../runtime/run/trials.ts';
import { formatNumber, plural } from '../format/quantities.ts';
import { statusWords } from '../format/status.ts';
import { type ParallelAxis, type ParallelTone, renderParallel } from '../plot/parallel.ts';
import { axisLabels, extentOf } from '../plot/scale.ts';
import { painter, type Tone } from '../terminal/style.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { toAscii } from '../terminal/text.ts';
import { columns, cutLines } from './table.ts';

/** `exp compare SWEEP`: which runs were best, how each setting led there, and which setting mattered. */

const TONES: Readonly<Record<ParallelTone, Tone>> = { axis: 'dim', line: 'plain', best: 'good' };
const PARALLEL_ROWS = 11;
const BAR_COLUMNS = 24;
const BAR = { unicode: '█', ascii: '#' } as const;

export function formatSweep(sweep: Sweep, terminal: Terminal, width: number): string {
  const paint = painter(terminal.color);
  const { id, members, rankedBy } = sweep;
  const better = rankedBy.mode === 'max' ? 'the larger the better' : 'the smaller the better';
  const lines = [
    `${paint(id, 'strong')}  ${plural(members.length, 'run')}, ranked by ${rankedBy.metric}: ${better}`,
    '',
    ...rankingLines(sweep, terminal, width),
    ...parallelLines(sweep, terminal, width),
    ...sweep.effects.flatMap((effect, index) => ['', ...effectLines(effect, index, sweep, terminal)]),
  ];
  return `${(terminal.unicode ? lines : lines.map(toAscii)).join('\n')}\n`;
}

function rankingLines({ id, trials, paths, rankedBy }: Sweep, { color }: Terminal, width: number): readonly string[] {
  const rows = trials.map((trial, rank) => [
    String(rank + 1),
    valueText(trial),
    ...paths.map((path) => trial.settings[path] ?? '–'),
    statusText(trial),
    trial.members.length === 1 ? withoutPrefix(trial.members[0]?.id ?? '', id) : plural(trial.members.length, 'run'),
  ]);
  const table = columns([['#', rankedBy.metric, ...shortPaths(paths), 'STATUS', 'RUN'], ...rows]);
  const [head = '', ...lines] = cutLines(table, width);
  return [painter(color)(head, 'dim'), ...lines];
}

/** All runs of a sweep begin with its id; `exp show` takes the rest of it too. */
function withoutPrefix(run: string, sweep: string): string {
  return run.startsWith(`${sweep}-`) ? run.slice(sweep.length + 1) : run;
}

/** The last part of each path, where that names one setting only. */
function shortPaths(paths: readonly string[]): readonly string[] {
  const last = paths.map((path) => path.split('.').at(-1) ?? path);
  return paths.map((path, index) =>
    last.filter((name) => name === last[index]).length === 1 ? (last[index] ?? path) : path,
  );
}

function valueText({ mean, deviation }: Trial<SweepMember>): string {
  if (mean === null) return '–';
  return deviation === null ? formatNumber(mean) : `${formatNumber(mean)} ± ${formatNumber(deviation)}`;
}

/** What did not simply run to its end is marked with where it stopped: its value is of fewer epochs. */
export function statusText({ members }: Trial<SweepMember>): string {
  const unusual = members.filter(({ status }) => status !== 'completed');
  const [first] = unusual;
  if (first === undefined) return 'completed';
  const where = first.epoch > 0 ? ` in epoch ${first.epoch}` : '';
  const one = `${statusWords(first.status)}${where}`;
  return members.length === 1 ? one : `${unusual.length} of ${members.length} ${one}`;
}

/** Values of a setting at equal distances in their order; the result by its size. */
function parallelLines({ trials, paths, rankedBy }: Sweep, { color, unicode }: Terminal, width: number): string[] {
  const measured = trials.filter(({ mean }) => mean !== null);
  if (paths.length === 0 || measured.length < 2) return [];
  const paint = painter(color);
  const orders = paths.map((path) =>
    [...new Set(trials.map(({ settings }) => settings[path] ?? '–'))].sort(compareValues),
  );
  const { min, max } = extentOf(measured.map(({ mean }) => mean ?? 0));
  const [low = '', middle = '', high = ''] = axisLabels([min, (min + max) / 2, max]);
  const result: ParallelAxis = {
    title: rankedBy.metric,
    ticks: max === min ? [{ label: low, at: 0.5 }] : [low, middle, high].map((label, at) => ({ label, at: at / 2 })),
  };
  const share = (index: number, count: number) => (count < 2 ? 0.5 : index / (count - 1));
  const titles = shortPaths(paths);
  const axes: readonly ParallelAxis[] = [
    ...paths.map((path, axis): ParallelAxis => {
      const order = orders[axis] ?? [];
      return {
        title: titles[axis] ?? path,
        ticks: order.map((label, index) => ({ label, at: share(index, order.length) })),
      };
    }),
    result,
  ];
  const lines = measured.map(({ settings, mean }, rank) => ({
    isBest: rank === 0,
    at: [
      ...paths.map((path, axis) => {
        const order = orders[axis] ?? [];
        return share(order.indexOf(settings[path] ?? '–'), order.length);
      }),
      mean === null ? null : max === min ? 0.5 : (mean - min) / (max - min),
    ],
  }));
  const drawn = renderParallel(axes, lines, {
    columns: width,
    rows: PARALLEL_ROWS,
    characters: unicode ? 'braille' : 'ascii',
  });
  return [
    '',
    ...drawn.map((line) =>
      line
        .map(({ text, tone }) => paint(text, TONES[tone]))
        .join('')
        .trimEnd(),
    ),
  ];
}

/** Bars from the worst mean of all settings to the best, so that settings can be compared with each other. */
function effectLines(
  { path, values, heldBack, span }: Effect,
  index: number,
  { effects, rankedBy }: Sweep,
  { color, unicode }: Terminal,
): readonly string[] {
  const paint = painter(color);
  const means = effects.flatMap((effect) => effect.values.map(({ mean }) => mean));
  const { min, max } = extentOf(means);
  const best =
    rankedBy.mode === 'max' ? Math.max(...values.map(({ mean }) => mean)) : Math.min(...values.map(({ mean }) => mean));
  const rows = values.map(({ value, mean, deviation, count }) => {
    const length = max === min ? 1 : 1 + Math.round(((mean - min) / (max - min)) * (BAR_COLUMNS - 1));
    const bar = (unicode ? BAR.unicode : BAR.ascii).repeat(length).padEnd(BAR_COLUMNS);
    const spread = deviation === null ? '' : ` ± ${formatNumber(deviation)}`;
    return {
      isBest: mean === best,
      cells: [`  ${value}`, bar, `${formatNumber(mean)}${spread}`, `of ${plural(count, 'run')}`],
    };
  });
  // By how much a value lost that only held-back runs had, nobody knows.
  const isKnown = effects.length > 1 && effects.every((effect) => effect.values.length > 1);
  const most = index === 0 && isKnown ? ': mattered most' : '';
  const told = values.length > 1 ? `, ${formatNumber(span)} between best and worst${most}` : '';
  const title = `${paint(path, 'strong')}  mean ${rankedBy.metric}${told}`;
  const lines = columns(rows.map(({ cells }) => cells));
  return [
    title,
    ...lines.map((line, row) => (rows[row]?.isBest ? paint(line, 'good') : line)),
    ...(heldBack.length === 0 ? [] : [paint(`  ${heldBackText(heldBack)}`, 'dim')]),
  ];
}

/** `not counted, as held back: 3 runs with 0.1, 1 run with 0.01` */
export function heldBackText(heldBack: Effect['heldBack']): string {
  const each = heldBack.map(({ value, count }) => `${plural(count, 'run')} with ${value}`);
  return `not counted, as held back: ${each.join(', ')}`;
}
