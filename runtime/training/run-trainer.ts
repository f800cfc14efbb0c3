import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type TrainingProgram, trainingProgram } from '../../compiler/graph/programs.ts';
import type { PlanFile } from '../../compiler/plan/schema.ts';
import { calibrateByRun } from '../calibration/measure-run.ts';
import { type CheckpointContext, type LoadedCheckpoint, loadCheckpoint } from '../checkpoints/checkpoint.ts';
import { INITIAL_PROGRESS, type Progress } from '../checkpoints/state.ts';
import type { DataModule } from '../data/types.ts';
import { openEngine } from '../engine/open.ts';
import { noticed } from '../engine/precision.ts';
import type { Engine } from '../engine/types.ts';
import { readEvents } from '../events/read.ts';
import type { RunEvent, RunEventOf } from '../events/schema.ts';
import { EventWriter } from '../events/write.ts';
import { createPredictor } from '../inference/predictor.ts';
import type { MetricValues } from '../metrics/measure.ts';
import { PreviewWriter } from '../previews/preview.ts';
import { recordResults } from '../results/record-results.ts';
import { plannedPeakBytes } from '../run/explain-exit.ts';
import { folderGone } from '../run/folder-trouble.ts';
import { latestTurn, turnText } from '../run/plan-history.ts';
import { openRun, type RunFolder, readPlanFile } from '../run/run-folder.ts';
import { describeStart, loadStartingWeights } from '../weights/starting-weights.ts';
import { eitherStop, limitByBudget } from './budget-limit.ts';
import { createCheckpointer } from './checkpointer.ts';
import { type ControlDesk, openControlDesk } from './control-desk.ts';
import { checkExpectations } from './expectations.ts';
import { describeFailure } from './failure.ts';
import { evaluateBest } from './final-evaluation.ts';
import { openHalving } from './halving.ts';
import { createLearner } from './learner.ts';
import { openPlanData } from './open-plan-data.ts';
import { listenForStop, type StopRequest } from './stop-request.ts';
import { monitorSystem } from './system-monitor.ts';
import { train } from './trainer.ts';
import type { TrainingEnd } from './training-run.ts';

/** Of the conventions: 0 fine, 2 failed, 3 an expectation did not hold, 130 stopped. */
const EXIT = { fine: 0, failed: 2, expectationMissed: 3, stopped: 130 } as const;

type LastWord = Omit<RunEventOf<'run_finished'>, 'sequence' | 'time' | 'type' | 'seconds'>;

/**
 * The whole life of a trainer, from a run folder to `run_finished`. The caller holds the folder's lock.
 *
 * @returns the exit code; every failure is in the record
 */
export async function runTrainer(runDir: string, options: { readonly resume: boolean }): Promise<number> {
  const folder = openRun(runDir);
  const planFile = readPlanFile(runDir);
  const events = new EventWriter(runDir);
  const signals = listenForStop();
  const spender = { id: folder.id, earlier: readEvents(runDir) };
  const budget = limitByBudget(folder.info.budget ?? planFile.plan.budget, planFile.plan, spender);
  const control = openControlDesk(runDir);
  const byHand = eitherStop(signals, control);
  const stop = eitherStop(byHand, budget);
  const monitor = monitorSystem(runDir, events);
  const clock = createClock();
  let progress: Progress = INITIAL_PROGRESS;
  const onProgress = (next: Progress) => {
    progress = next;
  };
  let end: LastWord;
  try {
    end = await trainAndEvaluate({
      folder,
      planFile,
      events,
      stop,
      control,
      clock,
      onProgress,
      resume: options.resume,
    });
    if (end.status === 'stopped' && !byHand.requested && budget.reached !== null)
      end = { ...end, error: describeFailure(budget.reached, planFile) };
  } catch (error) {
    // For us, with the stack, into log.txt; for the user, in the record.
    console.error(error);
    const failure = describeFailure(existsSync(runDir) ? error : folderGone(runDir), planFile);
    end = { ...lastWord(planFile, progress, {}, null), status: 'failed', error: failure };
  }
  await monitor.close();
  recordResults(runDir, planFile.plan, events);
  events.write({ type: 'run_finished', ...end, seconds: clock.seconds() });
  events.close();
  signals.close();
  return exitCode(end);
}

interface Attempt {
  readonly folder: RunFolder;
  readonly planFile: PlanFile;
  readonly events: EventWriter;
  readonly stop: StopRequest;
  readonly control: ControlDesk;
  readonly clock: Clock;
  readonly onProgress: (progress: Progress) => void;
  readonly resume: boolean;
}

async function trainAndEvaluate(attempt: Attempt): Promise<LastWord> {
  const { folder, planFile, events, stop, control } = attempt;
  const { plan } = planFile;
  const program = trainingProgram(plan);
  const context: CheckpointContext = {
    runDir: folder.dir,
    planId: planFile.planId,
    formerPlans: folder.info.formerPlans,
    seed: plan.seed,
    model: plan.model,
    weights: program.weights,
  };
  const halving = openHalving(folder, events);
  const checkpoint = start(attempt, context);
  const starting = checkpoint === null ? await startFromFile(attempt, program) : null;
  const engine = await openEngine();
  events.write({ type: 'engine', ...noticed(engine.info, plan.precision) });
  const data = await openPlanData(folder, planFile, events);
  const from = checkpoint?.progress ?? INITIAL_PROGRESS;
  // The first batches are made while weights and graph are.
  data.prefetch(from.epochDone ? from.epoch + 1 : from.epoch, from.epochDone ? 1 : from.stepInEpoch + 1);
  const learner = createLearner(engine, program, plan.optimizer, plan.seed, checkpoint ?? starting);
  try {
    describeModel(attempt, program);
    // Whoever asked for a stop during the set-up gets it before the first step.
    await nextTurn();
    const checkpointer = createCheckpointer(
      context,
      plan.schedule.checkpointEvery,
      learner,
      events,
      checkpoint?.progress ?? null,
    );
    const run = {
      plan,
      data,
      learner,
      predictor: createPredictor(engine, plan, stop),
      checkpointer,
      events,
      stop,
      control,
      halving,
      previews: new PreviewWriter(folder.dir),
      seconds: attempt.clock.seconds,
      onProgress: attempt.onProgress,
    };
    const trained = await train(run, from);
    const weightsHash = await checkpointer.save('last', trained.progress);
    await calibrateByRun({ runId: folder.id, plan, program, engine: engine.info, events: latestAttempt(folder.dir) });
    // Nobody waits for predictions of what is not among the best.
    if (trained.end === 'stopped_early')
      return { ...lastWord(planFile, trained.progress, {}, weightsHash), status: trained.end, error: null };
    const tested = trained.end === 'stopped' ? null : await evaluateBest(run, context, engine);
    const status: TrainingEnd = tested === null ? 'stopped' : trained.end;
    return { ...lastWord(planFile, trained.progress, tested ?? {}, weightsHash), status, error: null };
  } finally {
    learner.close();
    await close(engine, data);
  }
}

function latestAttempt(runDir: string): readonly RunEvent[] {
  const events = readEvents(runDir);
  return events.slice(events.findLastIndex(({ type }) => type === 'run_started'));
}

/** The checkpoint to continue from, and the first event of the attempt. */
function start({ folder, planFile, events, clock, onProgress, resume }: Attempt, context: CheckpointContext) {
  const checkpoint = resume ? loadCheckpoint(context, 'last') : null;
  if (checkpoint !== null) {
    onProgress(checkpoint.progress);
    clock.startFrom(checkpoint.progress.seconds);
  }
  events.write({
    type: 'run_started',
    runId: folder.id,
    planId: planFile.planId,
    experiment: planFile.plan.experiment.name,
    profile: planFile.plan.profile,
    pid: process.pid,
    host: hostname(),
    resumedFromStep: resume ? (checkpoint?.progress.step ?? 0) : null,
  });
  if (resume) {
    events.write({ type: 'log', level: 'info', message: describeResume(checkpoint) });
    const turn = latestTurn(folder.dir, readEvents(folder.dir));
    if (turn !== null) events.write({ type: 'log', level: 'info', message: `under another plan: ${turnText(turn)}` });
  }
  if (checkpoint?.insteadOf != null) {
    const { path, reason } = checkpoint.insteadOf;
    const message = `${path} is damaged (${reason}): continuing from the checkpoint before it`;
    events.write({ type: 'log', level: 'warning', message });
  }
  return checkpoint;
}

function describeResume(checkpoint: LoadedCheckpoint | null): string {
  if (checkpoint === null) return 'there was no checkpoint yet: starting again from the beginning';
  const { epoch, step } = checkpoint.progress;
  return `continuing after step ${step} of epoch ${epoch}`;
}

/** The weights that a new run starts from, if its plan names some. */
async function startFromFile({ folder, planFile: { plan }, events }: Attempt, program: TrainingProgram) {
  const starting = await loadStartingWeights(plan, folder.info.baseDir, program.weights);
  if (starting === null) return null;
  const { path, sha256, match, vector } = starting;
  const matched = match.matched.length;
  events.write({ type: 'weights', path, sha256, matched, parameterTensors: program.weights.length });
  const level = matched === program.weights.length ? 'info' : 'warning';
  events.write({ type: 'log', level, message: describeStart(starting) });
  return { weights: vector, state: null };
}

function describeModel({ planFile: { plan }, events }: Attempt, program: TrainingProgram): void {
  events.write({
    type: 'model',
    name: plan.model.name,
    parameters: program.weightCount,
    plannedPeakBytes: plannedPeakBytes(plan),
  });
}

/** Everything that can be said of a state of progress: `val.*` of the best epoch, whose weights count, the rest of the last. */
function lastWord(
  { plan }: PlanFile,
  progress: Progress,
  tested: MetricValues,
  weightsHash: string | null,
): Omit<LastWord, 'status' | 'error'> {
  const { best, epoch, step } = progress;
  const validated = Object.entries(best?.metrics ?? {}).filter(([name]) => name.startsWith('val.'));
  const metrics = { ...progress.metrics, ...Object.fromEntries(validated), ...tested };
  return {
    epoch,
    step,
    best: best === null ? null : { metric: plan.schedule.keepBest.metric, value: best.value, epoch: best.epoch },
    metrics,
    expectations: checkExpectations(plan.expectations, metrics),
    weightsHash,
  };
}

function exitCode({ status, error, expectations }: LastWord): number {
  if (status === 'stopped' && error === null) return EXIT.stopped;
  if (status === 'stopped_early') return EXIT.fine;
  if (status === 'stopped' || status === 'failed' || status === 'killed') return EXIT.failed;
  return expectations.every(({ held }) => held) ? EXIT.fine : EXIT.expectationMissed;
}

async function close(engine: Engine, data: DataModule): Promise<void> {
  await data.close();
  engine.close();
}

interface Clock {
  /** Seconds of training over all attempts. */
  readonly seconds: () => number;
  readonly startFrom: (seconds: number) => void;
}

function createClock(): Clock {
  const startedAt = performance.now();
  let before = 0;
  return {
    seconds: () => before + (performance.now() - startedAt) / 1000,
    startFrom: (seconds) => {
      before = seconds;
    },
  };
}
