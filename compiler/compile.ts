import { type Diagnostic, hasErrors } from '../dsl/diagnostic.ts';
import { nearestName } from '../dsl/edit-distance.ts';
import type { SourceFile } from '../dsl/source.ts';
import { analyse, type EnvironmentLookup, planUnder, sortedDiagnostics } from './analyse.ts';
import type { BoundProfile } from './bind/bound.ts';
import { reportName } from './diagnostics/names-and-types.ts';
import { quotedList } from './names.ts';
import type { PlanFile } from './plan/schema.ts';

export interface CompileOptions {
  /** Null compiles the experiment as it stands, for the machine at hand. */
  readonly profile: string | null;
  /** As after `--set`: `optimizer.learning_rate=3e-4`. Later ones win. */
  readonly set: readonly string[];
  /** Reads a variable of the process; undefined where it is not set. */
  readonly environment: EnvironmentLookup;
}

export interface Compilation {
  /** Null when there are errors. */
  readonly planFile: PlanFile | null;
  /** Errors, warnings and notes, in the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Text → plan, under one profile. Pure: the same text, profile, overrides and variables give the same bytes.
 *
 * @example
 * compile({ path: 'a.exp', text }, { profile: 'cloud-gpu', set: [], environment: (name) => process.env[name] })
 */
export function compile(source: SourceFile, { profile, set, environment }: CompileOptions): Compilation {
  const analysis = analyse(source, set, environment);
  const { experiment } = analysis.bound;
  let chosen: BoundProfile | null = null;
  let planFile: PlanFile | null = null;
  if (experiment !== null && profile !== null) {
    chosen = experiment.profiles.get(profile) ?? null;
    if (chosen === null) analysis.diagnostics.push(noProfile(profile, [...experiment.profiles.keys()]));
  }
  if (profile === null || chosen !== null) planFile = planUnder(analysis, chosen);
  const diagnostics = sortedDiagnostics(analysis.diagnostics);
  return { planFile: hasErrors(diagnostics) ? null : planFile, diagnostics };
}

/** The profiles a file can be compiled under, its own first. */
export function profilesOf(source: SourceFile): readonly string[] {
  const profiles = analyse(source, [], () => undefined).bound.experiment?.profiles.values() ?? [];
  const all = [...profiles];
  return [...all.filter((profile) => !profile.shipped), ...all.filter((profile) => profile.shipped)].map(
    ({ name }) => name,
  );
}

function noProfile(name: string, known: readonly string[]): Diagnostic {
  const span = { file: { path: '--profile', text: name }, start: 0, end: name.length };
  const near = nearestName(name, known);
  const help = `${near === null ? '' : `did you mean \`${near}\`? `}there is ${quotedList(known, 'and')}`;
  return reportName('EXP2003', span, { name }, { help });
}
