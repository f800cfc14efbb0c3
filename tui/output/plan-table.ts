import { describeOrigin, planValues } from '../../compiler/plan/plan-values.ts';
import type { PlanFile } from '../../compiler/plan/schema.ts';
import type { Paint } from '../terminal/style.ts';
import { wrapWords } from '../terminal/text.ts';

/** No value makes the column wider than this share of a line. */
const VALUE_SHARE = 0.32;
/** Nor than this, where lines have no end. */
const VALUE_COLUMNS = 40;
/** Neither values nor origins have less. */
const LEAST_COLUMNS = 16;
const GAP = '  ';

/**
 * Each value of a plan with where it comes from. A long one goes on below itself and leaves the others as they are.
 *
 * @param width of the terminal; null for a file or a pipe, where each value has one line, to be searched
 */
export function planTable(planFile: PlanFile, width: number | null, paint: Paint): readonly string[] {
  const rows = planValues(planFile).map(({ path, text, origin }) => ({ path, text, origin: describeOrigin(origin) }));
  const longest = (of: 'path' | 'text') => Math.max(...rows.map((row) => row[of].length));
  const paths = longest('path');
  const room = width === null ? null : Math.max(width - paths - 2 * GAP.length, 2 * LEAST_COLUMNS);
  const most = width === null || room === null ? VALUE_COLUMNS : Math.min(width * VALUE_SHARE, room - LEAST_COLUMNS);
  const values = Math.min(longest('text'), Math.floor(most));
  const origins = room === null ? null : room - values;
  return rows.flatMap(({ path, text, origin }) => {
    const left = origins === null ? [text] : brokenInto(text, values);
    const right = origins === null ? [origin] : brokenInto(origin, origins);
    return Array.from({ length: Math.max(left.length, right.length) }, (_, line) => {
      const start = [(line === 0 ? path : '').padEnd(paths), (left[line] ?? '').padEnd(values)].join(GAP);
      const end = right[line] ?? '';
      return end === '' ? start.trimEnd() : `${start}${GAP}${paint(end, 'dim')}`;
    });
  });
}

/** At spaces; a path or another word that is too long, anywhere. */
function brokenInto(text: string, width: number): readonly string[] {
  return wrapWords(text, width).flatMap((line) =>
    Array.from({ length: Math.max(1, Math.ceil(line.length / width)) }, (_, part) =>
      line.slice(part * width, (part + 1) * width),
    ),
  );
}
