import { type Diagnostic, hasErrors } from '../../dsl/diagnostic.ts';
import type { SourceFile, Span } from '../../dsl/source.ts';
import type { BoundBody, BoundEnvironment, BoundExpectation, BoundExperiment, BoundProfile } from '../bind/bound.ts';
import type { BindContext } from '../bind/context.ts';
import type { Override } from '../bind/override.ts';
import { EXPERIMENT, type ExperimentValues } from '../fields/experiment.ts';
import { applyOverride } from './apply-override.ts';
import { mergeBodies } from './merge.ts';
import { resolveFields, type ValueOrigin } from './resolve-table.ts';

/** One experiment under one profile, with every value resolved as far as it could be. */
export interface ResolvedExperiment {
  readonly name: string;
  readonly nameSpan: Span;
  readonly profile: string | null;
  readonly environment: BoundEnvironment;
  /** Where the environment is named; the experiment's name where nothing names it. */
  readonly environmentSpan: Span;
  /** Sections whose required values are missing or broken are absent. */
  readonly values: Partial<ExperimentValues>;
  readonly expectations: readonly BoundExpectation[];
  readonly origins: Map<string, ValueOrigin>;
  readonly broken: ReadonlySet<string>;
  /** Whether all is there that a plan needs. */
  readonly complete: boolean;
}

export function resolveExperiment(
  experiment: BoundExperiment,
  profile: BoundProfile | null,
  environment: BoundEnvironment,
  overrides: readonly Override[],
  contextFor: (override: Override) => BindContext,
  report: (diagnostic: Diagnostic) => void,
): ResolvedExperiment {
  let failed = false;
  const tell = (diagnostic: Diagnostic) => {
    failed ||= hasErrors([diagnostic]);
    report(diagnostic);
  };
  let body: BoundBody = profile === null ? experiment.body : mergeBodies(experiment.body, profile.body);
  for (const override of overrides) body = applyOverride(body, override, { ...contextFor(override), report: tell });
  const origins = new Map<string, ValueOrigin>();
  const broken = new Set<string>();
  const owner = { label: 'the experiment', span: experiment.nameSpan, incomplete: body.incomplete };
  const { values, complete } = resolveFields(EXPERIMENT, body.table, '', owner, { report: tell, origins, broken });
  return {
    name: experiment.name,
    nameSpan: experiment.nameSpan,
    profile: profile?.name ?? null,
    environment,
    environmentSpan: profile === null || profile.shipped ? experiment.nameSpan : profile.span,
    values,
    expectations: body.expectations,
    origins,
    broken,
    complete: complete && broken.size === 0 && !failed,
  };
}

/**
 * The span of the value at a plan path, or of the nearest value around it that somebody wrote in this file or on the
 * command line.
 */
export function spanOf(experiment: ResolvedExperiment, path: string): Span {
  const shipped = (file: SourceFile) => file.path.startsWith('catalogue/');
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const origin = experiment.origins.get(at);
    if (origin?.kind === 'written' && !shipped(origin.written.span.file)) return origin.written.span;
  }
  return experiment.nameSpan;
}

/** Whether a value, something in it or something around it could not be read. */
export function isBroken(experiment: ResolvedExperiment, path: string): boolean {
  for (const broken of experiment.broken) {
    if (broken === path || broken.startsWith(`${path}.`) || path.startsWith(`${broken}.`)) return true;
  }
  return false;
}
