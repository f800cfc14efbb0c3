import type { Diagnostic } from '../dsl/diagnostic.ts';
import { plainScope, readerOf } from './bind/context.ts';
import { readOverride } from './bind/override.ts';
import { reportName } from './diagnostics/names-and-types.ts';
import { EXPERIMENT } from './fields/experiment.ts';
import { plannedName } from './fields/field-places.ts';
import type { Budget } from './plan/schema.ts';

const NO_LIMIT: Budget = { usd: null, hours: null };

/**
 * What `--set` may change of a run that goes on: its budget, which makes no other run of it. All else is its plan.
 *
 * @returns null where no budget is given, or after a diagnostic
 */
export function readResumeSettings(set: readonly string[]): [Budget | null, readonly Diagnostic[]] {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => {
    diagnostics.push(diagnostic);
  };
  let budget: Budget | null = null;
  for (const text of set) {
    const override = readOverride(text, report);
    if (override === null) continue;
    if (override.path.text !== 'budget') {
      const reason = 'a run that is resumed keeps its plan, and only `budget` may change';
      const help = `change it in the file and go on with \`exp resume RUN --plan FILE --accept ${plannedName(override.path.text)}\`, or start a new run`;
      report(reportName('EXP2301', override.path.span, { text, reason }, { help }));
      continue;
    }
    const reader = readerOf({ ...plainScope(report), layer: override.layer }, 'budget');
    const read = EXPERIMENT.budget.type.read(override.value, reader);
    if (read !== null) budget = read.value ?? NO_LIMIT;
  }
  return [budget, diagnostics];
}
