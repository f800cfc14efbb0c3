import { createHash } from 'node:crypto';
import { type Diagnostic, hasErrors } from '../../dsl/diagnostic.ts';
import type { SourceFile } from '../../dsl/source.ts';
import { analyse, sortedDiagnostics } from '../analyse.ts';
import { type CompileOptions, chooseTarget } from '../compile.ts';
import { canonicalJson } from '../plan/canonical.ts';
import { MATRIX_VERSION, type Matrix, type MatrixFile, type MatrixMember } from '../plan/matrix.ts';
import type { Plan, PlanFile } from '../plan/schema.ts';
import { type PlannedMember, type PlannedRuns, planExperiment } from './plan-matrix.ts';

/** The runs that a sweep, folds, or both make of an experiment, each with its plan. */
export interface PlanMatrix extends Omit<Matrix, 'members'> {
  readonly matrixId: string;
  readonly members: readonly MatrixRun[];
}

export interface MatrixRun extends MatrixMember {
  readonly plan: Plan;
  /** The plan with the origins of its values, made when it is asked for. */
  readonly planFile: () => PlanFile;
}

interface Compiled {
  /** Errors, warnings and notes, file by file in the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
  /** What was read: the file itself, then those that it imports. */
  readonly sources: readonly SourceFile[];
}

export interface CompiledRun extends Compiled {
  readonly kind: 'run';
  /** Null when there are errors. */
  readonly planFile: PlanFile | null;
}

export interface CompiledMatrix extends Compiled {
  readonly kind: 'matrix';
  /** Null when there are errors. */
  readonly matrix: PlanMatrix | null;
  /** How many runs there are; null where the sweep is wrong by itself. */
  readonly size: number | null;
  /** Those that an error is in the way of. */
  readonly refused: readonly Omit<MatrixMember, 'planId'>[];
}

/**
 * Text → everything that running it means, under one profile: a plan, or the plans of a sweep and of folds. Pure, and the
 * same bytes on every machine, as `compile`.
 *
 * @example
 * compileMatrix({ path: 'a.exp', text }, { profile: null, set: [], environment: (name) => process.env[name] })
 */
export function compileMatrix(source: SourceFile, options: CompileOptions): CompiledRun | CompiledMatrix {
  const analysis = analyse(source, options.set, options);
  const { sources } = analysis;
  const target = chooseTarget(analysis, options);
  const planned =
    target === null
      ? ({ kind: 'run', planFile: null } as const)
      : planExperiment(analysis, target.experiment, target.profile, options.outlook);
  const diagnostics = sortedDiagnostics(analysis.diagnostics, sources);
  const failed = hasErrors(diagnostics);
  if (planned.kind === 'run') {
    return { kind: 'run', planFile: failed ? null : planned.planFile, diagnostics, sources };
  }
  const { runs } = planned;
  const refused = runs?.members.filter(({ bare }) => bare === null) ?? [];
  return {
    kind: 'matrix',
    matrix: runs === null || failed ? null : matrixOf(runs),
    size: runs?.members.length ?? null,
    refused: refused.map(({ index, name, settings, fold }) => ({ index, name, settings, fold })),
    diagnostics,
    sources,
  };
}

/** The matrix as `matrix.json` holds it: with the plans' ids in the place of the plans. */
export function matrixFileOf({ matrixId, members, ...matrix }: PlanMatrix): MatrixFile {
  const withoutPlans = members.map(({ plan: _, planFile: __, ...member }) => member);
  return { matrixId, matrix: { ...matrix, members: withoutPlans } };
}

function matrixOf({ sweep, axes, folds, halving, members }: PlannedRuns): PlanMatrix | null {
  const runs = members.flatMap((member) => runOf(member) ?? []);
  const [first] = runs;
  if (first === undefined) return null;
  const matrix: Omit<PlanMatrix, 'matrixId'> = {
    version: MATRIX_VERSION,
    kind: folds === null ? 'sweep' : axes.length === 0 ? 'folds' : 'sweep_and_folds',
    experiment: first.plan.experiment.name,
    profile: first.plan.profile,
    strategy: sweep?.strategy ?? null,
    axes: axes.map(({ path, written }) => ({ path, values: written })),
    folds,
    halving,
    rankedBy: first.plan.schedule.keepBest,
    members: runs,
  };
  const canonical = canonicalJson(matrixFileOf({ ...matrix, matrixId: '' }).matrix);
  return { ...matrix, matrixId: createHash('sha256').update(canonical, 'utf8').digest('hex') };
}

function runOf({ index, name, settings, fold, bare, planFile }: PlannedMember): MatrixRun | null {
  if (bare === null) return null;
  const whole = () => {
    const made = planFile();
    if (made === null) throw new Error(`run ${index} had a plan, and has none any more`);
    return made;
  };
  return { index, name, settings: { ...settings }, fold, planId: bare.planId, plan: bare.plan, planFile: whole };
}
