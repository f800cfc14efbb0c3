import { type Diagnostic, hasErrors } from '../dsl/diagnostic.ts';
import { nearestName } from '../dsl/edit-distance.ts';
import type { SourceFile } from '../dsl/source.ts';
import { type Analysis, type AnalysisOptions, analyse, planUnder, sortedDiagnostics } from './analyse.ts';
import type { BoundExperiment, BoundProfile } from './bind/bound.ts';
import { chooseExperiment } from './choose-experiment.ts';
import { reportName } from './diagnostics/names-and-types.ts';
import { quotedList } from './names.ts';
import type { Outlook } from './outlook.ts';
import type { PlanFile } from './plan/schema.ts';

export interface CompileOptions extends AnalysisOptions {
  /** Which experiment of the file; without it, the only one that no other one builds on. */
  readonly experiment?: string | null;
  /** Null compiles the experiment as it stands, for the machine at hand. */
  readonly profile: string | null;
  /** As after `--set`: `optimizer.learning_rate=3e-4`. Later ones win. */
  readonly set: readonly string[];
  /** What is known of the data and the machine, for the budget; without it, what the file itself says. */
  readonly outlook?: Outlook;
}

export interface Compilation {
  /** Null when there are errors. */
  readonly planFile: PlanFile | null;
  /** Errors, warnings and notes, file by file in the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
  /** What was read: the file itself, then those that it imports. */
  readonly sources: readonly SourceFile[];
}

/**
 * Text → plan, under one profile; of an experiment with a sweep or folds, the plan that its runs vary (`compileMatrix` has
 * them all). Pure: the same texts, profile, overrides and variables give the same bytes.
 *
 * @example
 * compile({ path: 'a.exp', text }, { profile: 'cloud-gpu', set: [], environment: (name) => process.env[name] })
 */
export function compile(
  source: SourceFile,
  { experiment = null, profile, set, ...outside }: CompileOptions,
): Compilation {
  const analysis = analyse(source, set, outside);
  const { sources } = analysis;
  const target = chooseTarget(analysis, { experiment, profile });
  const planFile = target === null ? null : planUnder(analysis, target.experiment, target.profile);
  const diagnostics = sortedDiagnostics(analysis.diagnostics, sources);
  return { planFile: hasErrors(diagnostics) ? null : planFile, diagnostics, sources };
}

/** The experiment and the profile that the options name. @returns null after a diagnostic was reported */
export function chooseTarget(
  analysis: Analysis,
  { experiment: name = null, profile: profileName }: Pick<CompileOptions, 'experiment' | 'profile'>,
): { readonly experiment: BoundExperiment; readonly profile: BoundProfile | null } | null {
  const [experiment, problems] = chooseExperiment(analysis, name);
  analysis.diagnostics.push(...problems);
  if (experiment === null) return null;
  const profile = profileName === null ? null : experiment.profiles.get(profileName);
  if (profile !== undefined) return { experiment, profile };
  if (profileName !== null && !analysis.incomplete) {
    analysis.diagnostics.push(noProfile(profileName, [...experiment.profiles.keys()]));
  }
  return null;
}

/** The profiles that an experiment of a file can be compiled under, its own first. */
export function profilesOf(
  source: SourceFile,
  { experiment = null, ...outside }: Partial<Pick<CompileOptions, 'experiment' | 'readFile'>> = {},
): readonly string[] {
  const [chosen] = chooseExperiment(analyse(source, [], { environment: () => undefined, ...outside }), experiment);
  const all = [...(chosen?.profiles.values() ?? [])];
  return [...all.filter((profile) => !profile.shipped), ...all.filter((profile) => profile.shipped)].map(
    ({ name }) => name,
  );
}

/** Every experiment that `--experiment` can name. */
export function experimentNames(
  source: SourceFile,
  outside: Partial<Pick<CompileOptions, 'readFile'>> = {},
): readonly string[] {
  return [...analyse(source, [], { environment: () => undefined, ...outside }).bound.experiments.keys()];
}

function noProfile(name: string, known: readonly string[]): Diagnostic {
  const span = { file: { path: '--profile', text: name }, start: 0, end: name.length };
  const near = nearestName(name, known);
  const there = `there is ${quotedList(known, 'and')}`;
  const help =
    near === null
      ? `${there}; or write it into the experiment:\n${newProfile(name)}`
      : `did you mean \`${near}\`? ${there}`;
  return reportName('EXP2003', span, { name }, { help });
}

function newProfile(name: string): string {
  return [`profile ${name} on local {`, '  batch_size: 2', '  schedule { epochs: 3 }', '}'].join('\n');
}
