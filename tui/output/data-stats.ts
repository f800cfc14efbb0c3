import type { DatasetStats, Spread } from '../../runtime/data/check/stats.ts';
import { formatCount, formatNumber, plural } from '../format/quantities.ts';
import { painter } from '../terminal/style.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { oneLine, toAscii } from '../terminal/text.ts';
import { columns } from './table.ts';

export interface StatsReport {
  readonly name: string;
  readonly root: string;
  readonly classNames: Readonly<Record<string, string>>;
  readonly stats: DatasetStats;
}

/** `exp data stats`: three small tables, each number as minimum, median and maximum over the cases. */
export function formatStats({ name, root, classNames, stats }: StatsReport, terminal: Terminal): string {
  const paint = painter(terminal.color);
  const table = (rows: readonly (readonly string[])[]) => {
    const [head = '', ...lines] = columns(rows).map((line) => `  ${line}`);
    return [paint(head, 'dim'), ...lines];
  };
  const cells = ({ min, median, max }: Spread) => [min, median, max].map(formatNumber);
  const { shape, spacing, intensities, classes, suggestedPatch } = stats;
  const unreadable =
    stats.unreadable === 0 ? '' : `, ${formatCount(stats.unreadable)} unreadable (exp data check says why)`;
  const orientations = Object.entries(stats.orientations).map(([code, count]) => `${code} ${formatCount(count)}`);
  const lines = [
    `${paint(oneLine(name), 'strong')}  ${plural(stats.cases, 'case')} of ${plural(stats.subjects, 'subject')}${unreadable} in ${oneLine(root)}`,
    '',
    ...table([
      ['GEOMETRY', 'MIN', 'MEDIAN', 'MAX'],
      ...(['x', 'y', 'z'] as const).map((axis, i) => [`size ${axis}, voxels`, ...cells(shape[i] ?? shape[0])]),
      ...(['x', 'y', 'z'] as const).map((axis, i) => [`spacing ${axis}, mm`, ...cells(spacing[i] ?? spacing[0])]),
    ]),
    `  orientation: ${orientations.join(', ')}`,
    '',
    ...table([
      ['INTENSITY', 'MIN', 'MEDIAN', 'MAX'],
      ['minimum', ...cells(intensities.min)],
      ['0.5th percentile', ...cells(intensities.low)],
      ['mean', ...cells(intensities.mean)],
      ['standard deviation', ...cells(intensities.deviation)],
      ['99.5th percentile', ...cells(intensities.high)],
      ['maximum', ...cells(intensities.max)],
    ]),
    '',
    ...table([
      ['LABEL', 'NAME', 'CASES', 'MIN, ML', 'MEDIAN', 'MAX', 'OF ALL VOXELS'],
      ...classes.map(({ label, cases, millilitres, share }) => [
        String(label),
        oneLine(classNames[label] ?? (label === 0 ? 'background' : '–')),
        formatCount(cases),
        ...cells(millilitres),
        `${(share * 100).toPrecision(3)}%`,
      ]),
    ]),
    '',
    `suggested patch: ${suggestedPatch.join('x')}`,
  ];
  const text = lines.join('\n');
  return `${terminal.unicode ? text : text.split('\n').map(toAscii).join('\n')}\n`;
}
