import { dirname, resolve } from 'node:path';
import type { Plan } from '../../compiler/plan/schema.ts';
import { readResumeSettings } from '../../compiler/resume-settings.ts';
import { hasErrors } from '../../dsl/diagnostic.ts';
import { summarize } from '../../dsl/render-diagnostic.ts';
import { RunError } from '../../runtime/errors.ts';
import { findTarget } from '../../runtime/run/find-run.ts';
import { memberFolders, setMatrixBudget } from '../../runtime/run/matrix-folder.ts';
import { createRun, readPlanFile, setBudget } from '../../runtime/run/run-folder.ts';
import { checkTracking } from '../../runtime/tracking/check.ts';
import { assertSecrets } from '../../runtime/tracking/target.ts';
import { checkStartingWeights } from '../../runtime/weights/starting-weights.ts';
import type { MatrixOutputOptions, PlanOptions, RunsDirOption } from '../commands/options.ts';
import { compileRuns } from '../compile-file.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { printWarning } from '../failures.ts';
import { writeFrames } from '../output/diagnostics.ts';
import { readSource } from '../source-files.ts';
import { warnOfAnotherMachine } from './another-machine.ts';
import { takeAnotherPlan } from './another-plan.ts';
import { attendRun } from './attend.ts';
import { ensureEngine } from './engine-setup.ts';
import { assertMemoryHere } from './memory-here.ts';
import { type ReporterKind, reporterKind } from './reporter.ts';
import { runMatrix } from './run-matrix.ts';
import { matrixOptions, startMatrix } from './start-matrix.ts';

type StartOptions = MatrixOutputOptions & RunsDirOption;

/** `exp run`: compile, see that there is an engine, look for the tracking server, make the folder, train. */
export async function startRun(context: Context, file: string, options: StartOptions & PlanOptions): Promise<ExitCode> {
  const kind = reporterKind(context, options);
  const source = readSource(context.cwd, file);
  const compiled = compileRuns(source, options, context);
  const { diagnostics, sources } = compiled;
  const planned = compiled.kind === 'run' ? compiled.planFile : compiled.matrix;
  writeFrames(context.stderr, context.errors, kind === 'quiet' && planned !== null ? [] : diagnostics);
  if (planned === null) {
    context.stderr.write(`${summarize(diagnostics)}; nothing was started\n`);
    return EXIT.invalid;
  }
  const where = {
    runsDir: resolve(context.cwd, options.runsDir),
    source: source.text,
    sourcePath: file,
    imports: sources.slice(1),
    baseDir: dirname(resolve(context.cwd, file)),
  };
  if ('members' in planned) {
    const [first] = planned.members;
    return await startMatrix(context, planned, where, matrixOptions(kind, options), async () => {
      if (first !== undefined) await prepare(context, first.plan, kind);
    });
  }
  await checkStartingWeights(planned.plan, where.baseDir);
  await prepare(context, planned.plan, kind);
  const run = createRun({ ...where, planFile: planned });
  return await attendRun(context, run, planned, { ...options, detach: options.detach === true, resume: false });
}

/** `exp resume`: the plan of the run folder as it stands, from the last checkpoint. */
export async function resumeRun(
  context: Context,
  name: string,
  options: StartOptions & { readonly set: readonly string[]; readonly plan?: string; readonly accept?: string },
): Promise<ExitCode> {
  const kind = reporterKind(context, options);
  const [budget, diagnostics] = readResumeSettings(options.set);
  writeFrames(context.stderr, context.errors, diagnostics);
  if (hasErrors(diagnostics)) return EXIT.invalid;
  const target = findTarget(resolve(context.cwd, options.runsDir), name);
  const [first] = target.kind === 'run' ? [target.run] : memberFolders(target.matrix).map(({ run }) => run);
  if (first === undefined) throw new RunError(`${target.id} has no runs`);
  if (options.plan !== undefined && target.kind === 'matrix')
    throw new RunError(`${target.id} is a matrix of runs, which keep their plans`, {
      help: 'start a new one with `exp run`',
    });
  const accepted = (options.accept ?? '').split(',').filter((path) => path !== '');
  const planFile =
    options.plan === undefined
      ? readPlanFile(first.dir)
      : takeAnotherPlan(context, first, { file: options.plan, accepted });
  if (planFile === null) return EXIT.invalid;
  await prepare(context, planFile.plan, kind);
  if (target.kind === 'matrix') {
    if (budget !== null) setMatrixBudget(target.matrix, budget);
    const matrix = budget === null ? target.matrix : { ...target.matrix, info: { ...target.matrix.info, budget } };
    return await runMatrix(context, matrix, matrixOptions(kind, options));
  }
  if (budget !== null) setBudget(target.run, budget);
  return await attendRun(context, target.run, planFile, { ...options, detach: options.detach === true, resume: true });
}

/** What has to be there before anything starts: the secrets, memory and an engine. For the server it is enough to have looked. */
export async function prepare(context: Context, plan: Plan, kind: ReporterKind): Promise<void> {
  if (plan.track !== null) assertSecrets(plan.track, context.environment);
  await assertMemoryHere(context, plan);
  await ensureEngine(context, kind === 'quiet' || kind === 'json');
  await warnOfAnotherMachine(context, plan);
  await lookForServer(context, plan);
}

/** A server that is away is no reason to wait with the training: what it misses is sent later. */
async function lookForServer(context: Context, { track }: Plan): Promise<void> {
  if (track === null) return;
  const problem = await checkTracking(track.uri, {
    experiment: track.experiment,
    env: context.environment,
    credentials: track,
  });
  if (problem === null) return;
  const { message, help } = problem;
  printWarning(context, `${message}; the run goes on, and \`exp sync\` sends what is missing`, help);
}
