import type { Diagnostic, DiagnosticOptions, DiagnosticParameters } from '../../dsl/diagnostic.ts';
import type { Span } from '../../dsl/source.ts';
import { type RULE_DIAGNOSTICS, type RuleCode, reportRule } from '../diagnostics/rules.ts';
import type { ExperimentValues } from '../fields/experiment.ts';
import { isBroken, type ResolvedExperiment, spanOf } from '../resolve/resolve-experiment.ts';

/** A rule looks at several resolved values together. Each has a file; `rules.ts` lists them. */
export interface Rule {
  /** Plan paths that the rule reads; it is silent while one of them is broken. */
  readonly reads: readonly string[];
  readonly check: (experiment: ResolvedExperiment, context: RuleContext) => void;
}

export interface RuleContext {
  /** @param at the plan path whose line is to blame, or a span */
  readonly report: <C extends RuleCode>(
    code: C,
    at: string | Span,
    parameters: DiagnosticParameters<(typeof RULE_DIAGNOSTICS)[C]['message']>,
    options?: DiagnosticOptions,
  ) => void;
  readonly spanOf: (path: string) => Span;
}

type Section = keyof ExperimentValues & string;
type SectionOf<P extends string> = Extract<P extends `${infer Head}.${string}` ? Head : P, Section>;

/**
 * @param reads plan paths that begin with a section of the experiment: `schedule.epochs`
 * @param check gets those sections; of them, it may look at nothing but what `reads` names
 */
export function rule<const P extends readonly (Section | `${Section}.${string}`)[]>(
  reads: P,
  check: (
    values: Pick<ExperimentValues, SectionOf<P[number]>>,
    context: RuleContext,
    experiment: ResolvedExperiment,
  ) => void,
): Rule {
  const sections = reads.map((path) => path.split('.', 1)[0] ?? path);
  return {
    reads,
    check: (experiment, context) => {
      if (sections.every((section) => experiment.present.has(section))) check(experiment.values, context, experiment);
    },
  };
}

export function runRules(
  rules: readonly Rule[],
  experiment: ResolvedExperiment,
  report: (diagnostic: Diagnostic) => void,
): void {
  const context: RuleContext = {
    report: (code, at, parameters, options) =>
      report(reportRule(code, typeof at === 'string' ? spanOf(experiment, at) : at, parameters, options)),
    spanOf: (path) => spanOf(experiment, path),
  };
  for (const each of rules) {
    if (!each.reads.some((path) => isBroken(experiment, path))) each.check(experiment, context);
  }
}
