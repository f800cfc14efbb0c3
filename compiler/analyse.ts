import type { Reference } from '../dsl/ast.ts';
import { type Diagnostic, hasErrors, withoutRepeats } from '../dsl/diagnostic.ts';
import type { SourceFile } from '../dsl/source.ts';
import { type BoundProgram, bindProgram } from './bind/bind-program.ts';
import type { BoundEnvironment, BoundExperiment, BoundProfile } from './bind/bound.ts';
import { shippedEnvironments } from './bind/environments.ts';
import { type Override, readOverride } from './bind/override.ts';
import type { Remembered } from './bind/remember.ts';
import { reportUnused } from './bind/unused.ts';
import { reportRule } from './diagnostics/rules.ts';
import type { TrainingSettings } from './graph/programs.ts';
import { loadProgram, type ParseFile, type Program } from './modules/load.ts';
import { NO_FILES, type ReadFile } from './modules/read-file.ts';
import { buildBarePlan, buildPlan, type Planned, planEnvironment } from './plan/build.ts';
import { memoryNeed } from './plan/memory-need.ts';
import { planModel } from './plan/model.ts';
import type { PlanFile, PlanFold } from './plan/schema.ts';
import { planBatchSize, planSmallest } from './planner/batch-size.ts';
import { factsOf, memoryOf } from './planner/facts.ts';
import { gigabytes, memoryLimit } from './planner/memory.ts';
import { type ResolvedExperiment, resolveExperiment, spanOf } from './resolve/resolve-experiment.ts';
import { runRules } from './rules/rule.ts';
import { RULES } from './rules/rules.ts';
import { NO_SHARING, type Sharing } from './sharing.ts';

/** The phases that `compile` and `check` share: load and bind once, then resolve, apply the rules and plan under a profile. */

/** Reads a variable of the process; undefined where it is not set. */
export type EnvironmentLookup = (name: string) => string | undefined;

/** What comes from outside of the file. */
export interface AnalysisOptions {
  readonly environment: EnvironmentLookup;
  /** Reads imported files; without it there are none. */
  readonly readFile?: ReadFile;
  readonly parseFile?: ParseFile;
  /** Told of each name that stands for a parameter. */
  readonly onParameter?: (use: Reference) => void;
}

export interface Analysis {
  readonly program: Program;
  readonly bound: BoundProgram;
  /** The same program with other values of its parameters; reports what the first binding reported once more. */
  readonly bindWith: (parameters: readonly Override[]) => BoundProgram;
  /** Everything reported so far; later phases add to it. */
  readonly diagnostics: Diagnostic[];
  readonly overrides: readonly Override[];
  /** The file itself first, then those that it imports. */
  readonly sources: readonly SourceFile[];
  /** Something could not be read: what seems to be missing may be declared there. */
  readonly incomplete: boolean;
  /** Whether plans are wanted, or only what is wrong: then the graph is built where a verdict hangs on it. */
  readonly purpose: 'plan' | 'check';
}

export function analyse(
  source: SourceFile,
  set: readonly string[],
  { environment, readFile = NO_FILES, parseFile, onParameter = () => {} }: AnalysisOptions,
): Analysis {
  const [program, diagnostics] = loadProgram(source, readFile, parseFile);
  const { incomplete } = program;
  const report = (diagnostic: Diagnostic) => {
    diagnostics.push(diagnostic);
  };
  const overrides = set.flatMap((text) => readOverride(text, report) ?? []);
  const remembered: Remembered = new Map();
  const outside = { report, environment, onParameter, incomplete };
  const bindWith = (parameters: readonly Override[]) =>
    bindProgram(program, [...overrides, ...parameters], outside, remembered);
  const sources = program.modules.map((module) => module.source);
  const bound = bindWith([]);
  // A use that is misspelt is not the lack of one.
  if (!hasErrors(diagnostics)) reportUnused(program, report);
  return { program, bound, bindWith, diagnostics, overrides, sources, incomplete, purpose: 'plan' };
}

/** What one run of a matrix has of its own, or an experiment on another machine than its profile names. */
export interface Variation {
  readonly overrides: readonly Override[];
  readonly fold: PlanFold | null;
  /** Null: the profile's own. */
  readonly environment: BoundEnvironment | null;
  readonly sharing: Sharing;
}

export const AS_WRITTEN: Variation = { overrides: [], fold: null, environment: null, sharing: NO_SHARING };

/** @returns null where the profile's environment is not known, which has been reported */
export function resolveUnder(
  { bound, diagnostics }: Analysis,
  experiment: BoundExperiment,
  profile: BoundProfile | null,
  overrides: readonly Override[],
  sharing: Sharing = NO_SHARING,
  instead: BoundEnvironment | null = null,
): ResolvedExperiment | null {
  const { parameters, scope } = bound;
  const own = profile === null ? shippedEnvironments().get('local') : profile.environment;
  const environment = instead ?? own;
  if (environment === undefined || environment === null) return null;
  sharing.keep([environment.values]);
  const values = overrides.filter(({ path }) => !parameters.has(path.text));
  return resolveExperiment(experiment, profile, environment, values, scope, sharing, (diagnostic) => {
    diagnostics.push(diagnostic);
  });
}

/** @returns null when an error is in the way */
export function planUnder(
  analysis: Analysis,
  experiment: BoundExperiment,
  profile: BoundProfile | null,
  variation: Variation = AS_WRITTEN,
): PlanFile | null {
  const ready = preparePlan(analysis, experiment, profile, variation);
  return ready === null ? null : buildPlan(ready.resolved, ready.planned);
}

/** The same without the origins of values. */
export function planBareUnder(
  analysis: Analysis,
  experiment: BoundExperiment,
  profile: BoundProfile | null,
  variation: Variation,
): Omit<PlanFile, 'origins'> | null {
  const ready = preparePlan(analysis, experiment, profile, variation);
  return ready === null ? null : buildBarePlan(ready.resolved, ready.planned, variation.sharing);
}

interface ReadyPlan {
  readonly resolved: ResolvedExperiment;
  readonly planned: Planned;
}

function preparePlan(
  analysis: Analysis,
  experiment: BoundExperiment,
  profile: BoundProfile | null,
  variation: Variation,
): ReadyPlan | null {
  const { diagnostics, overrides } = analysis;
  const { sharing, environment } = variation;
  const set = [...overrides, ...variation.overrides];
  const resolved = resolveUnder(analysis, experiment, profile, set, sharing, environment);
  if (resolved === null) return null;
  const ruleFindings: Diagnostic[] = [];
  runRules(RULES, resolved, (diagnostic) => ruleFindings.push(diagnostic));
  diagnostics.push(...ruleFindings);
  if (!resolved.complete || hasErrors(ruleFindings)) return null;
  return planResolved(resolved, analysis.purpose, variation, (diagnostic) => {
    diagnostics.push(diagnostic);
  });
}

function planResolved(
  resolved: ResolvedExperiment,
  purpose: Analysis['purpose'],
  { fold, sharing }: Variation,
  report: (diagnostic: Diagnostic) => void,
): ReadyPlan | null {
  const { values } = resolved;
  const { name, values: hardware } = resolved.environment;
  const environment = sharing.of('environment', [hardware], () => planEnvironment(name, hardware));
  const model = sharing.of('network', [values.model, values.dataset], () => planModel(values));
  const [x, y, z] = values.patch;
  const limit = memoryLimit(environment, values.memory);
  const { loss, optimizer, precision } = values;
  const { from, to } = values.batchSize;
  const verdictOnly = purpose === 'check' && !estimatesBudget(values);
  if (verdictOnly && limit === null && from === to) return null;
  const step = (batchSize: number, activationLimitBytes: number | null): TrainingSettings => {
    return { model, patch: [x, y, z], batchSize, activationLimitBytes, loss, optimizer, precision };
  };
  // A step that fits as it is leaves nothing to say.
  if (
    verdictOnly &&
    limit !== null &&
    memoryNeed(memoryOf(step(from, null), sharing), limit.onGpu).expected <= limit.usable
  )
    return null;
  const choose = verdictOnly ? planSmallest : planBatchSize;
  const batch = choose(values.batchSize, limit, (batchSize, activationLimitBytes) =>
    factsOf(step(batchSize, activationLimitBytes), sharing),
  );
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
  if (values.memory !== null && limit !== null && limit.total === values.memory) {
    const { expected } = memoryNeed(batch.facts, limit.onGpu);
    const parameters = { needed: gigabytes(expected), allowed: gigabytes(values.memory) };
    const fixed = gigabytes(memoryNeed({ ...batch.facts, activationPeakBytes: 0 }, limit.onGpu).expected);
    const help = `${fixed} GB of it are the engine, the weights and the optimizer's state, which computing again does not save`;
    if (expected > limit.usable)
      report(reportRule('EXP3046', spanOf(resolved, 'activationLimitBytes'), parameters, { help }));
  }
  if (verdictOnly) return null;
  const planned: Planned = {
    environment,
    model,
    batchSize: batch.batchSize,
    batchReason: batch.reason,
    activationLimitBytes: batch.activationLimitBytes,
    recomputeReason: batch.recomputeReason,
    facts: batch.facts,
    fold,
  };
  return { resolved, planned };
}

/** Whether the file alone says how long a run takes, so that its budget can be judged without looking at data. */
function estimatesBudget({ budget, dataset }: ResolvedExperiment['values']): boolean {
  return budget !== null && dataset.kind === 'phantom';
}

/** File by file in the order of the text, options last, each once. */
export function sortedDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: readonly SourceFile[],
): readonly Diagnostic[] {
  const ranks = new Map(sources.map((source, index) => [source.path, index]));
  const rankOf = ({ span }: Diagnostic) => ranks.get(span.file.path) ?? sources.length;
  return withoutRepeats(diagnostics).sort(
    (a, b) => rankOf(a) - rankOf(b) || a.span.start - b.span.start || a.span.end - b.span.end,
  );
}
