import { basename, dirname, join, relative, resolve } from 'node:path';
import { handoffFiles } from '../../../compiler/handoff/hand-off.ts';
import { type HandoffJob, machineShare, type Target } from '../../../compiler/handoff/target.ts';
import { type CompiledMatrix, type CompiledRun, matrixFileOf } from '../../../compiler/matrix/compile-matrix.ts';
import { leastShare } from '../../../compiler/matrix/halving.ts';
import { memberPlan } from '../../../compiler/plan/member-plans.ts';
import type { Plan, PlanFile } from '../../../compiler/plan/schema.ts';
import { summarize } from '../../../dsl/render-diagnostic.ts';
import { newRunId } from '../../../runtime/run/run-folder.ts';
import { HANDOFFS_FOLDER } from '../../../runtime/submit/handoff-folder.ts';
import { type Packing, startPacking } from '../../../runtime/submit/pack.ts';
import { assertFree, type NewHandoff, writeHandoff } from '../../../runtime/submit/write-handoff.ts';
import { collectProvenance } from '../../../runtime/tracking/provenance.ts';
import { compileRuns } from '../../compile-file.ts';
import type { Context } from '../../context.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { UsageError } from '../../failures.ts';
import { outlookHere } from '../../outlook.ts';
import { writeFrames } from '../../output/diagnostics.ts';
import { totals } from '../../output/matrix-plan.ts';
import { formatHandoff, formatTargetOptions } from '../../output/submit.ts';
import { readSource } from '../../source-files.ts';
import type { SubmitOptions } from './options.ts';
import { warnOfOtherPlace } from './other-place.ts';
import { readTarget, readTargetOptions } from './target-options.ts';
import { checkWithTool, submitWithTool } from './tool.ts';
import { inputsOf, variablesOf } from './what-runs-need.ts';

/** `exp submit FILE`: compile, write the folder, show it, and with `--go` hand it over. */
export async function handOff(context: Context, file: string | undefined, options: SubmitOptions): Promise<ExitCode> {
  const { name: targetName, target } = readTarget(options.to);
  if (options.with.includes('help')) {
    context.stdout.write(formatTargetOptions(targetName, target));
    return EXIT.ok;
  }
  if (file === undefined) throw new UsageError('which experiment?', `exp submit FILE --to ${targetName}`);
  const settings = readTargetOptions(targetName, target, options.with);
  const source = readSource(context.cwd, file);
  if (options.output !== undefined) assertFree(resolve(context.cwd, options.output));
  const packing = options.exp === undefined ? startPacking() : null;
  try {
    const compiled = compileRuns(source, options, context);
    writeFrames(context.stderr, context.errors, compiled.diagnostics);
    const planned = plansOf(compiled);
    if (planned === null) {
      context.stderr.write(`${summarize(compiled.diagnostics)}; nothing was handed off\n`);
      return EXIT.invalid;
    }
    const [first] = planned.plans;
    const now = new Date();
    const id = newRunId(first.experiment.name, now);
    const dir = resolve(context.cwd, options.output ?? join(HANDOFFS_FOLDER, id));
    assertFree(dir);
    const { plans, least } = planned;
    const job = await describeJob({ context, file, options, target, settings, plans, least, id, packing, dir });
    warnOfOtherPlace(context, source, target, options, job.environment);
    const commands = target.commands(job);
    writeHandoff({
      dir,
      info: {
        version: 1,
        id,
        target: targetName,
        experiment: job.experiment,
        profile: job.profile,
        runs: job.runs,
        parts: job.parts,
        isMatrix: planned.matrix !== null,
        baseDir: job.baseDir,
        sourcePath: file,
        createdAt: now.getTime(),
        provenance: await collectProvenance(job.baseDir),
        commands: { status: commands.status, logs: commands.logs, fetch: commands.fetch },
      },
      planFile: planned.planFile,
      matrix: planned.matrix,
      source: source.text,
      imports: compiled.sources.slice(1),
      files: handoffFiles(job, target),
    });
    const checked = checkWithTool(context, commands.check, dir);
    const where = relative(context.cwd, dir) || '.';
    context.stdout.write(formatHandoff({ job, target, commands, where, checked }, context.terminal));
    return options.go === true ? submitWithTool(context, target, job, dir) : EXIT.ok;
  } finally {
    packing?.discard();
  }
}

interface PlannedRuns {
  readonly plans: readonly [Plan, ...Plan[]];
  readonly least: number;
  readonly planFile: PlanFile;
  readonly matrix: NewHandoff['matrix'];
}

/** Null where the file is wrong. */
function plansOf(compiled: CompiledRun | CompiledMatrix): PlannedRuns | null {
  if (compiled.kind === 'run') {
    const { planFile } = compiled;
    return planFile === null ? null : { plans: [planFile.plan], least: 1, planFile, matrix: null };
  }
  const { matrix } = compiled;
  const [first, ...others] = matrix?.members ?? [];
  if (matrix === null || first === undefined) return null;
  function* lines() {
    for (const member of matrix?.members ?? []) if (first !== undefined) yield memberPlan(first.plan, member);
  }
  const plans = [first.plan, ...others.map(({ plan }) => plan)] as const;
  return {
    plans,
    least: matrix.halving === null ? 1 : leastShare(matrix.halving, plans),
    planFile: first.planFile(),
    matrix: { file: matrixFileOf(matrix), members: lines() },
  };
}

interface JobSource {
  readonly context: Context;
  readonly file: string;
  readonly options: SubmitOptions;
  readonly target: Target;
  readonly settings: HandoffJob['options'];
  readonly plans: readonly [Plan, ...Plan[]];
  /** The share of their epochs that runs take at least: 1 without halving. */
  readonly least: number;
  readonly id: string;
  readonly packing: Packing | null;
  readonly dir: string;
}

async function describeJob(from: JobSource): Promise<HandoffJob> {
  const { context, file, options, target, settings, plans, least, id, packing, dir } = from;
  const [{ environment, experiment, profile }] = plans;
  const jobs = options.jobs ?? null;
  const packed = packing === null ? null : await packing.into(join(dir, 'package'));
  return {
    id,
    experiment: experiment.name,
    profile,
    runs: plans.length,
    parts: target.parts(plans.length, jobs),
    jobs,
    environment,
    share: machineShare(environment),
    inputs: inputsOf(plans),
    baseDir: dirname(resolve(context.cwd, file)),
    data: options.data ?? null,
    variables: variablesOf(plans, context.environment),
    outlook: totals(plans, outlookHere(context, file), least).map(([label, text]) => `${label}: ${text}`),
    exp:
      packed === null
        ? { kind: 'command', command: options.exp ?? 'exp' }
        : { kind: 'package', file: `package/${basename(packed)}` },
    options: settings,
  };
}
