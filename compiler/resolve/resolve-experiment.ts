import { type Diagnostic, hasErrors } from '../../dsl/diagnostic.ts';
import type { SourceFile, Span } from '../../dsl/source.ts';
import type { BoundBody, BoundEnvironment, BoundExpectation, BoundExperiment, BoundProfile } from '../bind/bound.ts';
import type { Scope } from '../bind/context.ts';
import type { Override } from '../bind/override.ts';
import { EXPERIMENT, type ExperimentValues } from '../fields/experiment.ts';
import { NO_SHARING, type Sharing } from '../sharing.ts';
import { applyOverride } from './apply-override.ts';
import { join, resolveField, resolveTable, type ValueOrigin } from './resolve-table.ts';
import { sharedSections } from './shared-sections.ts';
import { bodyUnder } from './under-profile.ts';

/** One experiment under one profile, with every value resolved as far as it could be. */
export interface ResolvedExperiment {
  readonly name: string;
  readonly nameSpan: Span;
  readonly profile: string | null;
  readonly environment: BoundEnvironment;
  /** Where the environment is named; the experiment's name where nothing names it. */
  readonly environmentSpan: Span;
  /** Lacks what `broken` names, unless the experiment is complete. */
  readonly values: ExperimentValues;
  /** The sections that are there at all. */
  readonly present: ReadonlySet<string>;
  readonly expectations: readonly BoundExpectation[];
  readonly origins: Map<string, ValueOrigin>;
  readonly broken: ReadonlySet<string>;
  readonly incomplete: ReadonlySet<string>;
  /** Whether all is there that a plan needs. */
  readonly complete: boolean;
}

export function resolveExperiment(
  experiment: BoundExperiment,
  profile: BoundProfile | null,
  environment: BoundEnvironment,
  overrides: readonly Override[],
  scope: Scope,
  sharing: Sharing,
  report: (diagnostic: Diagnostic) => void,
): ResolvedExperiment {
  let failed = false;
  const tell = (diagnostic: Diagnostic) => {
    failed ||= hasErrors([diagnostic]);
    report(diagnostic);
  };
  let body: BoundBody =
    profile === null
      ? experiment.body
      : sharing.of('body', [experiment, profile], () => {
          const merged = bodyUnder(experiment.body, profile);
          sharing.keep(merged.table.values());
          return merged;
        });
  for (const override of overrides)
    body = applyOverride(body, override, { ...scope, layer: override.layer, report: tell });
  const origins = new Map<string, ValueOrigin>();
  const broken = new Set<string>();
  const owner = { label: 'the experiment', span: experiment.nameSpan, incomplete: body.incomplete };
  const incomplete = new Set(body.incomplete ? [''] : []);
  const resolve = sharing === NO_SHARING ? resolveField : sharedSections(sharing);
  const resolution = { report: tell, origins, broken, incomplete };
  const { values, present, complete } = resolveTable(EXPERIMENT, body.table, '', owner, resolution, resolve);
  return {
    name: experiment.name,
    nameSpan: experiment.nameSpan,
    profile: profile?.name ?? null,
    environment,
    environmentSpan: profile === null || profile.shipped ? experiment.nameSpan : profile.span,
    values,
    present,
    expectations: body.expectations,
    origins,
    broken,
    incomplete,
    complete: complete && broken.size === 0 && incomplete.size === 0 && !failed,
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

/**
 * Whether a value cannot be relied on: it, something in it or something around it could not be read, or it was not
 * written in a block of which some part could not be read, so that it may have been meant there.
 */
export function isBroken({ broken, incomplete, origins }: ResolvedExperiment, path: string): boolean {
  const isWithin = (inner: string, outer: string) => outer === '' || inner === outer || inner.startsWith(`${outer}.`);
  for (const each of broken) if (isWithin(each, path) || isWithin(path, each)) return true;
  for (const block of incomplete) {
    if (block !== '' && isWithin(block, path)) return true;
    if (!isWithin(path, block)) continue;
    const child = path.slice(block === '' ? 0 : block.length + 1).split('.', 1)[0] ?? '';
    if (origins.get(join(block, child))?.kind !== 'written') return true;
  }
  return false;
}
