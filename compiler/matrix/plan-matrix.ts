import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { Span } from '../../dsl/source.ts';
import { type Analysis, AS_WRITTEN, planBareUnder, planUnder, resolveUnder } from '../analyse.ts';
import type { BoundExperiment, BoundProfile, BoundSweep } from '../bind/bound.ts';
import type { Override } from '../bind/override.ts';
import { budgetSpan, checkBudget } from '../budget.ts';
import { reportMatrix } from '../diagnostics/matrix.ts';
import { EXPERIMENT } from '../fields/experiment.ts';
import { MATRIX_LIMIT } from '../fields/sweep.ts';
import { BARE_OUTLOOK, type Outlook } from '../outlook.ts';
import type { Halving } from '../plan/matrix.ts';
import type { Plan, PlanFile, PlanFold } from '../plan/schema.ts';
import { applyOverride } from '../resolve/apply-override.ts';
import { bodyUnder } from '../resolve/under-profile.ts';
import { createSharing, type Sharing } from '../sharing.ts';
import { type Axis, readAxis } from './axis.ts';
import { type Findings, gatherFindings } from './findings.ts';
import { type ComparedSchedule, leastShare, planHalving } from './halving.ts';
import { memberName } from './member-name.ts';
import { combinations, gridTrials, randomTrials, type Trial } from './trials.ts';
import { takesWholeNumbers } from './whole-numbers.ts';

/** An experiment under a profile: one run, or the runs of its sweep and folds. */
export type Planned =
  | { readonly kind: 'run'; readonly planFile: PlanFile | null }
  | { readonly kind: 'matrix'; readonly runs: PlannedRuns | null };

export interface PlannedRuns {
  readonly sweep: BoundSweep | null;
  readonly axes: readonly Axis[];
  readonly folds: number | null;
  readonly halving: Halving | null;
  readonly members: readonly PlannedMember[];
}

/** One run of a matrix before it is known whether all of them can run. */
export interface PlannedMember {
  readonly index: number;
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly fold: PlanFold | null;
  /** Null for a run that an error refuses. */
  readonly bare: Omit<PlanFile, 'origins'> | null;
  /** Also of what a check makes no plan of; null where it could not be read. */
  readonly schedule: () => ComparedSchedule | null;
  /** With the origins of its values: made when it is asked for, since ten thousand take long. Null where `bare` is. */
  readonly planFile: () => PlanFile | null;
}

/** Reports into the analysis; what several runs share is reported once. */
export function planExperiment(
  analysis: Analysis,
  experiment: BoundExperiment,
  profile: BoundProfile | null,
  outlook: Outlook = BARE_OUTLOOK,
): Planned {
  const body = profile === null ? experiment.body : bodyUnder(experiment.body, profile);
  const sweep = body.sweep === null || body.sweep.off ? null : body.sweep;
  const folds = foldsOf(analysis, body);
  const pay = (plans: readonly Plan[], halving: Halving | null) => {
    const share = halving === null ? 1 : leastShare(halving, plans);
    const finding = checkBudget(plans, budgetSpan(analysis, experiment, profile), outlook, share);
    if (finding !== null) analysis.diagnostics.push(finding);
  };
  if (sweep === null && folds === null) {
    const planFile = planUnder(analysis, experiment, profile);
    pay(planFile === null ? [] : [planFile.plan], null);
    return { kind: 'run', planFile };
  }
  const axes = sweep === null ? [] : axesOf(sweep, analysis);
  const trials = axes === null ? null : trialsOf(sweep, axes, folds, experiment, analysis);
  if (axes === null || trials === null) {
    // The sweep is wrong by itself; the rest of the experiment is checked all the same.
    planUnder(analysis, experiment, profile);
    return { kind: 'matrix', runs: null };
  }
  const findings = gatherFindings();
  const members = [...planMembers(trials, folds, findings, { analysis, experiment, profile, axes })];
  analysis.diagnostics.push(...findings.summary(members.length));
  const plans = members.flatMap(({ bare }) => bare?.plan ?? []);
  const report = (diagnostic: Diagnostic) => void analysis.diagnostics.push(diagnostic);
  const stop = sweep?.stop ?? null;
  const schedules = () => members.flatMap(({ schedule }) => schedule() ?? []);
  const halving = stop === null ? null : planHalving(stop, folds, schedules, report);
  pay(plans, halving);
  return { kind: 'matrix', runs: { sweep, axes, folds, halving, members } };
}

/** The number of folds after `--set`; null without, or where it could not be read. */
function foldsOf({ overrides, bound: { scope } }: Analysis, body: BoundExperiment['body']): number | null {
  const set = overrides.filter(({ path }) => path.text === 'folds');
  const under = set.reduce(
    // Reported when the runs are planned.
    (before, override) => applyOverride(before, override, { ...scope, report: () => {}, layer: override.layer }),
    body,
  );
  const folds = under.table.get('folds');
  return folds?.kind === 'leaf' && typeof folds.value === 'number' ? folds.value : null;
}

/** What `--set` gives is no longer swept. @returns null after a diagnostic was reported */
function axesOf(sweep: BoundSweep, { overrides, bound, diagnostics }: Analysis): readonly Axis[] | null {
  if (sweep.strategy === null) return null;
  const report = (diagnostic: Diagnostic) => {
    diagnostics.push(diagnostic);
  };
  if (sweep.axes.length === 0) {
    const help = 'for example `sweep { optimizer.learning_rate: [1e-4, 3e-4] }`, or `sweep: none`';
    report(reportMatrix('EXP2402', sweep.span, { what: 'the sweep' }, { help }));
    return null;
  }
  const given = new Set(overrides.map(({ path }) => path.text));
  const read = sweep.axes
    .filter(({ path }) => !given.has(path.text))
    .map((axis) => readAxis(axis, sweep, bound.scope.evaluate, report));
  const axes = read.filter((axis) => axis !== null);
  return axes.length === read.length ? axes : null;
}

/** @returns null after a diagnostic was reported */
function trialsOf(
  sweep: BoundSweep | null,
  axes: readonly Axis[],
  folds: number | null,
  experiment: BoundExperiment,
  { bound, diagnostics }: Analysis,
): readonly Trial[] | null {
  const strategy = sweep?.strategy ?? null;
  const isWhole = (axis: Axis) => takesWholeNumbers(axis, experiment.body, bound.scope, bound.parameters);
  const possible = combinations(axes, isWhole);
  const wanted = strategy?.kind === 'random' && axes.length > 0 ? strategy.trials : possible;
  const report = (code: 'EXP2407' | 'EXP2408', span: Span) => {
    const count = Math.min(wanted * (folds ?? 1), Number.MAX_SAFE_INTEGER);
    diagnostics.push(
      code === 'EXP2407'
        ? reportMatrix(code, span, { trials: wanted, combinations: possible })
        : reportMatrix(code, span, { count, limit: MATRIX_LIMIT }),
    );
    return null;
  };
  const span = sweep?.span ?? experiment.nameSpan;
  if (wanted > possible) return report('EXP2407', span);
  if (wanted * (folds ?? 1) > MATRIX_LIMIT) return report('EXP2408', span);
  return strategy?.kind === 'random' ? randomTrials(axes, strategy, isWhole) : gridTrials(axes);
}

interface MemberContext {
  readonly analysis: Analysis;
  readonly experiment: BoundExperiment;
  readonly profile: BoundProfile | null;
  readonly axes: readonly Axis[];
}

function* planMembers(
  trials: readonly Trial[],
  folds: number | null,
  findings: Findings,
  context: MemberContext,
): Generator<PlannedMember> {
  const { analysis, axes } = context;
  const { parameters } = analysis.bound;
  const boundFor = binder(context);
  const foldsOfAll = Array.from(
    { length: folds ?? 0 },
    (_, fold): PlanFold => ({ index: fold + 1, count: folds ?? 0 }),
  );
  let index = 0;
  for (const trial of trials) {
    const choices = trial.map(({ override }) => override);
    // A whole call or block first, then what is changed inside of it.
    const overrides = choices
      .filter(({ path }) => !parameters.has(path.text))
      .sort((a, b) => a.segments.length - b.segments.length);
    const ownParameters = choices.filter(({ path }) => parameters.has(path.text));
    const settings = Object.fromEntries(trial.map(({ text }, axis) => [axes[axis]?.path ?? '', text]));
    for (const fold of folds === null ? [null] : foldsOfAll) {
      index++;
      const diagnostics: Diagnostic[] = [];
      const { bound, experiment, profile, sharing } = boundFor(ownParameters);
      sharing.keep(foldsOfAll);
      const bare = planBareUnder({ ...analysis, bound, diagnostics }, experiment, profile, {
        overrides,
        fold,
        environment: null,
        sharing,
      });
      findings.add(diagnostics, choices);
      const schedule = (): ComparedSchedule | null => {
        if (bare !== null) return bare.plan.schedule;
        const again = boundFor(ownParameters);
        const silent = { ...analysis, bound: again.bound, diagnostics: [] };
        const set = [...analysis.overrides, ...overrides];
        const resolved = resolveUnder(silent, again.experiment, again.profile, set, again.sharing);
        if (resolved?.complete !== true) return null;
        const { epochs, validate } = resolved.values.schedule;
        return { epochs, validateEveryEpochs: validate.value };
      };
      const planFile = () => {
        const again = boundFor(ownParameters);
        const variation = { ...AS_WRITTEN, overrides, fold };
        return planUnder(
          { ...analysis, bound: again.bound, diagnostics: [] },
          again.experiment,
          again.profile,
          variation,
        );
      };
      yield { index, name: memberName(settings, fold), settings, fold, bare, schedule, planFile };
    }
  }
}

/** The program with the parameters of a trial; trials that share them share the binding. */
function binder({ analysis, experiment, profile }: MemberContext) {
  const asWritten = { bound: analysis.bound, experiment, profile, sharing: sharingOf(experiment, profile) };
  let latest: { readonly key: string; readonly made: typeof asWritten } | null = null;
  return (parameters: readonly Override[]): typeof asWritten => {
    if (parameters.length === 0) return asWritten;
    const key = JSON.stringify(parameters.map(({ text }) => text));
    if (latest?.key === key) return latest.made;
    const bound = analysis.bindWith(parameters);
    const again = bound.experiments.get(experiment.name);
    if (again === undefined) return asWritten;
    const profileAgain = profile === null ? null : (again.profiles.get(profile.name) ?? profile);
    // What hangs on no parameter is the very same in every binding, and shared.
    const made = { bound, experiment: again, profile: profileAgain, sharing: asWritten.sharing };
    latest = { key, made };
    return made;
  };
}

/** Everything that is written in the experiment, and every default, is the same for all its runs. */
function sharingOf(experiment: BoundExperiment, profile: BoundProfile | null): Sharing {
  const sharing = createSharing();
  sharing.keep([experiment, profile, ...experiment.body.table.values(), ...Object.values(EXPERIMENT)]);
  return sharing;
}
