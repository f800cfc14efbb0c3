import { describeOrigin, planValues } from '../../../compiler/plan/plan-values.ts';
import { EMPTY_LINE, type Line, padTo, piece } from '../piece.ts';
import type { DrawView } from '../view.ts';

/** What runs: every value and where it comes from, as `exp plan` lists it. */
export const planView: DrawView = ({ run, ui, columns, rows }) => {
  const { planFile } = run;
  if (planFile === null) return { lines: [[piece('no plan here', 'dim')]], scrollable: 0 };
  const { plan, planId } = planFile;
  const values = planValues(planFile);
  const paths = Math.min(Math.floor(columns * 0.4), Math.max(...values.map(({ path }) => path.length)));
  const texts = Math.min(Math.floor(columns * 0.3), Math.max(...values.map(({ text }) => text.length)));
  const profile = plan.profile === null ? 'no profile' : `profile ${plan.profile}`;
  const head: readonly Line[] = [
    [
      piece(plan.experiment.name, 'strong'),
      piece(`  ${profile} on ${plan.environment.name}`),
      piece(`  plan ${planId.slice(0, 12)}`, 'dim'),
    ],
    EMPTY_LINE,
  ];
  const lines = values.map(
    ({ path, text, origin }): Line => [
      ...padTo([piece(path, 'dim')], paths),
      ...padTo([piece('  '), piece(text)], texts + 2),
      piece('  '),
      piece(describeOrigin(origin), 'dim'),
    ],
  );
  const room = Math.max(0, rows - head.length);
  const scrollable = Math.max(0, lines.length - room);
  const start = Math.min(ui.scroll.plan, scrollable);
  return { lines: [...head.slice(0, rows), ...lines.slice(start, start + room)], scrollable };
};
