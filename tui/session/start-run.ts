import { dirname, resolve } from 'node:path';
import type { Plan } from '../../compiler/plan/schema.ts';
import { summarize } from '../../dsl/render-diagnostic.ts';
import { findRun } from '../../runtime/run/find-run.ts';
import { createRun, readPlanFile } from '../../runtime/run/run-folder.ts';
import { checkTracking } from '../../runtime/tracking/check.ts';
import { assertSecrets } from '../../runtime/tracking/target.ts';
import { checkStartingWeights } from '../../runtime/weights/starting-weights.ts';
import type { OutputOptions, PlanOptions, RunsDirOption } from '../commands/options.ts';
import { compileSource } from '../compile-file.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { writeFrames } from '../output/diagnostics.ts';
import { readSource } from '../source-files.ts';
import { painter } from '../terminal/style.ts';
import { oneLine } from '../terminal/text.ts';
import { attendRun } from './attend.ts';
import { ensureEngine } from './engine-setup.ts';
import { reporterKind } from './reporter.ts';

type StartOptions = OutputOptions & RunsDirOption & { readonly detach?: boolean };

/** `exp run`: compile, see that there is an engine, look for the tracking server, make the folder, train. */
export async function startRun(context: Context, file: string, options: StartOptions & PlanOptions): Promise<ExitCode> {
  const kind = reporterKind(context, options);
  const source = readSource(context.cwd, file);
  const { planFile, diagnostics, sources } = compileSource(source, options, context);
  writeFrames(context.stderr, context.errors, kind === 'quiet' && planFile !== null ? [] : diagnostics);
  if (planFile === null) {
    context.stderr.write(`${summarize(diagnostics)}; nothing was started\n`);
    return EXIT.invalid;
  }
  if (planFile.plan.track !== null) assertSecrets(planFile.plan.track, context.environment);
  const baseDir = dirname(resolve(context.cwd, file));
  await checkStartingWeights(planFile.plan, baseDir);
  await ensureEngine(context, kind === 'quiet' || kind === 'json');
  await lookForServer(context, planFile.plan);
  const run = createRun({
    runsDir: resolve(context.cwd, options.runsDir),
    planFile,
    source: source.text,
    sourcePath: file,
    imports: sources.slice(1),
    baseDir,
  });
  return await attendRun(context, run, planFile, { ...options, detach: options.detach === true, resume: false });
}

/** `exp resume`: the plan of the run folder as it stands, from the last checkpoint. */
export async function resumeRun(context: Context, name: string, options: StartOptions): Promise<ExitCode> {
  const kind = reporterKind(context, options);
  const run = findRun(resolve(context.cwd, options.runsDir), name);
  const planFile = readPlanFile(run.dir);
  if (planFile.plan.track !== null) assertSecrets(planFile.plan.track, context.environment);
  await ensureEngine(context, kind === 'quiet' || kind === 'json');
  await lookForServer(context, planFile.plan);
  return await attendRun(context, run, planFile, { ...options, detach: options.detach === true, resume: true });
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
  const paint = painter(context.errors.color);
  context.stderr.write(
    `${paint('warning', 'warning')}: ${oneLine(problem.message)}; the run goes on, and \`exp sync\` sends what is missing\n`,
  );
  if (problem.help !== null) context.stderr.write(`  ${paint('help:', 'accent')} ${oneLine(problem.help)}\n`);
}
