import type { Diagnostic } from '../dsl/diagnostic.ts';
import type { SourceFile } from '../dsl/source.ts';
import { type Analysis, type AnalysisOptions, analyse, sortedDiagnostics } from './analyse.ts';
import type { BoundExperiment } from './bind/bound.ts';
import { chooseExperiment } from './choose-experiment.ts';
import { planExperiment } from './matrix/plan-matrix.ts';

export interface CheckOptions extends Partial<AnalysisOptions> {
  /** Only this experiment of the file; without it, all that no other one builds on. */
  readonly experiment?: string | null;
}

/**
 * All diagnostics of a file and what it imports: of each experiment as it stands, and under each profile that it has beyond
 * the shipped ones. What several of them share is reported once. A file without experiments, for others to import, is fine.
 */
export function check(
  source: SourceFile,
  { experiment = null, environment = () => undefined, ...outside }: CheckOptions = {},
): readonly Diagnostic[] {
  return checkAnalysed(analyse(source, [], { environment, ...outside }), experiment);
}

/** Reports all of one experiment. */
export type CheckExperiment = (analysis: Analysis, experiment: BoundExperiment) => void;

const planEachProfile: CheckExperiment = (analysis, experiment) => {
  const own = [...experiment.profiles.values()].filter((profile) => !profile.shipped);
  for (const profile of [null, ...own]) planExperiment({ ...analysis, purpose: 'check' }, experiment, profile);
};

/**
 * @param experiment as in `CheckOptions`
 * @param around an editor remembers what it has checked before
 */
export function checkAnalysed(
  analysis: Analysis,
  experiment: string | null = null,
  around: (check: CheckExperiment) => CheckExperiment = (check) => check,
): readonly Diagnostic[] {
  const { bound, diagnostics, sources } = analysis;
  let checked: readonly BoundExperiment[] = bound.runnable;
  if (experiment !== null || bound.content === 'nothing') {
    const [chosen, problems] = chooseExperiment(analysis, experiment);
    diagnostics.push(...problems);
    checked = chosen === null ? [] : [chosen];
  }
  const checkOne = around(planEachProfile);
  for (const each of checked) checkOne(analysis, each);
  return sortedDiagnostics(diagnostics, sources);
}
