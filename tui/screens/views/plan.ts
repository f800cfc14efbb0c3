import { describeOrigin, type PlanValue, planValues } from '../../../compiler/plan/plan-values.ts';
import { filterLine, matches } from '../filter-line.ts';
import { EMPTY_LINE, type Line, padTo, piece } from '../piece.ts';
import { scrolled } from '../scrolled.ts';
import type { DrawView } from '../view.ts';

/** What runs: every value and where it comes from, as `exp plan` lists it. */
export const planView: DrawView = ({ run, ui, columns, rows }) => {
  const { planFile } = run;
  if (planFile === null) return { lines: [[piece('no plan here', 'dim')]], scrollable: 0 };
  const { plan, planId } = planFile;
  const filter = ui.filters.plan;
  const all = planValues(planFile);
  const values = all.filter((value) => matches(filter, `${value.path} ${value.text} ${describeOrigin(value.origin)}`));
  const profile = plan.profile === null ? 'no profile' : `profile ${plan.profile}`;
  const head: readonly Line[] = [
    [
      piece(plan.experiment.name, 'strong'),
      piece(`  ${profile} on ${plan.environment.name}`),
      piece(`  plan ${planId.slice(0, 12)}`, 'dim'),
    ],
    filter.typing || filter.text !== '' ? filterLine(filter, values.length) : EMPTY_LINE,
  ];
  const lines = columns < LEAST_FOR_COLUMNS ? inTwoLines(values, columns) : inColumns(values, all, columns);
  const part = scrolled(lines, ui.scroll.plan, Math.max(0, rows - head.length));
  return { lines: [...head.slice(0, rows), ...part.lines], scrollable: part.scrollable };
};

/** Path, value and origin beside each other would all be cut below it. */
const LEAST_FOR_COLUMNS = 72;

/** @param all gives the widths, so that nothing jumps while a filter is typed */
function inColumns(values: readonly PlanValue[], all: readonly PlanValue[], columns: number): readonly Line[] {
  const paths = Math.min(Math.floor(columns * 0.4), Math.max(...all.map(({ path }) => path.length)));
  const texts = Math.min(Math.floor(columns * 0.3), Math.max(...all.map(({ text }) => text.length)));
  return values.map(
    ({ path, text, origin }): Line => [
      ...padTo([piece(path, 'dim')], paths),
      ...padTo([piece('  '), piece(text)], texts + 2),
      piece('  '),
      piece(describeOrigin(origin), 'dim'),
    ],
  );
}

/** Where it comes from below, unless it is a mere default. */
function inTwoLines(values: readonly PlanValue[], columns: number): readonly Line[] {
  return values.flatMap(({ path, text, origin }): readonly Line[] => {
    const from = describeOrigin(origin);
    const name = piece(path, 'dim');
    const line: Line = path.length + 2 + text.length <= columns ? [name, piece(`  ${text}`)] : [name];
    const value: readonly Line[] = line.length > 1 ? [] : [[piece(`  ${text}`)]];
    return [line, ...value, ...(from === 'default' || from === '' ? [] : [[piece(`  ${from}`, 'dim')]])];
  });
}
