import { type Diagnostic, hasErrors } from '../dsl/diagnostic.ts';
import { parse } from '../dsl/parser.ts';
import type { SourceFile } from '../dsl/source.ts';
import { type BoundFile, bindFile } from './bind/bind-file.ts';
import type { BoundProfile } from './bind/bound.ts';
import type { BindContext } from './bind/context.ts';
import { shippedEnvironments } from './bind/environments.ts';
import { type Override, readOverride } from './bind/override.ts';
import { evaluate, givenAt, type Outside } from './bind/parameters.ts';
import { reportRule } from './diagnostics/rules.ts';
import { buildPlan, planEnvironment, planModel } from './plan/build.ts';
import type { PlanFile } from './plan/schema.ts';
import { planBatchSize } from './planner/batch-size.ts';
import { factsOf } from './planner/facts.ts';
import { gigabytes } from './planner/memory.ts';
import { type ResolvedExperiment, resolveExperiment, spanOf } from './resolve/resolve-experiment.ts';
import { runRules } from './rules/rule.ts';
import { RULES } from './rules/rules.ts';

/** The phases that `compile` and `check` share: bind once, then resolve, apply the rules and plan under a profile. */

/** Reads a variable of the process; undefined where it is not set. */
export type EnvironmentLookup = (name: string) => string | undefined;

export interface Analysis {
  readonly bound: BoundFile;
  /** Everything reported so far; later phases add to it. */
  readonly diagnostics: Diagnostic[];
  readonly overrides: readonly Override[];
  readonly outside: Outside;
}

export function analyse(source: SourceFile, set: readonly string[], environment: EnvironmentLookup): Analysis {
  const [file, diagnostics] = parse(source);
  const report = (diagnostic: Diagnostic) => {
    diagnostics.push(diagnostic);
  };
  const outside: Outside = { report, environment };
  const overrides = set.flatMap((text) => readOverride(text, report) ?? []);
  return { bound: bindFile(file, overrides, outside), diagnostics, overrides, outside };
}

/** @returns null when the file has no experiment, or an error is in the way */
export function planUnder(
  { bound, diagnostics, overrides, outside }: Analysis,
  profile: BoundProfile | null,
): PlanFile | null {
  const { experiment, parameters } = bound;
  const environment = profile === null ? shippedEnvironments().get('local') : profile.environment;
  if (experiment === null || environment === undefined || environment === null) return null;
  const report = (diagnostic: Diagnostic) => {
    diagnostics.push(diagnostic);
  };
  const contextFor = (override: Override): BindContext => ({
    layer: { kind: 'set', text: override.text },
    report,
    evaluate: (expression) => evaluate(expression, parameters, outside),
    givenAt: (expression) => givenAt(expression, parameters),
  });
  const values = overrides.filter((override) => !parameters.has(override.path.text));
  const resolved = resolveExperiment(experiment, profile, environment, values, contextFor, report);
  const ruleFindings: Diagnostic[] = [];
  runRules(RULES, resolved, (diagnostic) => ruleFindings.push(diagnostic));
  diagnostics.push(...ruleFindings);
  if (!resolved.complete || hasErrors(ruleFindings)) return null;
  return planResolved(resolved, report);
}

function planResolved(resolved: ResolvedExperiment, report: (diagnostic: Diagnostic) => void): PlanFile | null {
  const { values } = resolved;
  const environment = planEnvironment(resolved.environment.name, resolved.environment.values);
  const model = planModel(values);
  const [x, y, z] = values.patch;
  const batch = planBatchSize(values.batchSize, environment, (batchSize) =>
    factsOf({ model, patch: [x, y, z], batchSize, loss: values.loss, optimizer: values.optimizer }),
  );
  const { from, to } = values.batchSize;
  if (batch.kind === 'tooLarge') {
    const at = resolved.origins.get('batchSize')?.kind === 'written' && from > 1 ? 'batchSize' : 'patch';
    const parameters = {
      needed: gigabytes(batch.needed),
      available: gigabytes(batch.available),
      environment: environment.name,
    };
    report(
      reportRule('EXP3042', spanOf(resolved, at), parameters, { help: 'a smaller `patch` or `batch_size` needs less' }),
    );
    return null;
  }
  if (batch.kind === 'unknown') {
    report(reportRule('EXP3043', spanOf(resolved, 'batchSize'), { environment: environment.name, from, to }));
  }
  return buildPlan(resolved, {
    environment,
    model,
    batchSize: batch.batchSize,
    batchReason: batch.reason,
    facts: batch.facts,
  });
}

/** In the order of the text, each once: what the same line causes under several profiles is one mistake. */
export function sortedDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  const unique = diagnostics.filter(({ code, message, span }) => {
    const key = JSON.stringify([code, message, span.file.path, span.start, span.end]);
    return !seen.has(key) && seen.add(key);
  });
  const isOutside = (diagnostic: Diagnostic) => (diagnostic.span.file.path.startsWith('--') ? 1 : 0);
  return unique.sort((a, b) => isOutside(a) - isOutside(b) || a.span.start - b.span.start || a.span.end - b.span.end);
}
