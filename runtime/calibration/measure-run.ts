import { availableParallelism } from 'node:os';
import type { TrainingProgram } from '../../compiler/graph/programs.ts';
import { trainingWorkload } from '../../compiler/graph/workload.ts';
import type { Plan } from '../../compiler/plan/schema.ts';
import { quantile } from '../../compiler/quantiles.ts';
import type { EngineInfo } from '../engine/types.ts';
import type { RunEvent, RunEventOf } from '../events/schema.ts';
import { addMeasurement, isCalibrating, type StepMeasurement } from './calibration-file.ts';

/** What a run's own record says of the speed of this machine. */

/** The first steps allocate and compile, and fill the caches of data. */
const WARM_UP_STEPS = 2;
/** Fewer have no median worth keeping. */
const LEAST_STEPS = 4;
/** Step times that differ by more were disturbed: the half distance of the quartiles, as a share of the median. */
const MOST_SPREAD = 0.3;
/** Other programs that took a larger share of the machine than this slowed the steps down. */
const MOST_OTHERS_PERCENT = 15;

export interface MeasuredRun {
  readonly runId: string;
  readonly plan: Plan;
  readonly program: Pick<TrainingProgram, 'step' | 'update'>;
  readonly engine: EngineInfo;
  /** Those of this attempt. */
  readonly events: readonly RunEvent[];
  readonly peakBytes: number;
  readonly now: number;
}

/** @returns null where too few steps were taken, or other programs were in the way */
export function measureRun(run: MeasuredRun): StepMeasurement | null {
  const { plan, engine, events } = run;
  const steps = events.filter((event) => event.type === 'step').slice(WARM_UP_STEPS);
  if (steps.length < LEAST_STEPS || isContended(events)) return null;
  const [low, secondsPerStep, high] = quartiles(steps.map(({ seconds, waitSeconds }) => seconds - waitSeconds));
  const spread = (high - low) / (2 * secondsPerStep);
  if (!(secondsPerStep > 0) || spread > MOST_SPREAD) return null;
  const onGpu = engine.backend === 'tensorflow-cuda';
  return {
    time: run.now,
    source: run.runId,
    environment: plan.environment.name,
    device: onGpu ? (plan.environment.gpu?.name ?? engine.device) : engine.device,
    engine: `${engine.backend} ${engine.version}`,
    onGpu,
    threads: engine.threads,
    what: `${plan.model.name}, ${plan.patch.join('x')}, batch ${plan.batchSize}${plan.precision === 'mixed' ? ', mixed' : ''}`,
    workload: trainingWorkload(run.program),
    secondsPerStep,
    spread,
    waitSeconds: quartiles(steps.map(({ waitSeconds }) => waitSeconds))[1],
    steps: steps.length,
    stateBytes: plan.facts.stateBytes,
    activationPeakBytes: plan.facts.activationPeakBytes,
    // Another backend than TensorFlow on the CPU keeps its tensors elsewhere, or otherwise.
    peakBytes: engine.backend === 'tensorflow-cpu' ? run.peakBytes : null,
  };
}

/**
 * Feeds the user's calibration with what a run has shown. Never in the way of the run: what cannot be written is not.
 *
 * @returns whether it was kept
 */
export async function calibrateByRun(run: Omit<MeasuredRun, 'peakBytes' | 'now'>): Promise<boolean> {
  if (!isCalibrating()) return false;
  // Kilobytes, on every platform.
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  const measurement = measureRun({ ...run, peakBytes, now: Date.now() });
  return measurement !== null && (await addMeasurement(measurement));
}

/** Whether other programs were busy while it ran, by the samples that the run has of its machine. */
function isContended(events: readonly RunEvent[]): boolean {
  const others = events
    .filter((event): event is RunEventOf<'system'> => event.type === 'system')
    .flatMap(({ machineCpuPercent, cpuPercent }) =>
      machineCpuPercent === null ? [] : machineCpuPercent - cpuPercent / availableParallelism(),
    );
  return others.length > 0 && quartiles(others)[1] > MOST_OTHERS_PERCENT;
}

/** @param values not empty */
function quartiles(values: readonly number[]): readonly [number, number, number] {
  return [quantile(values, 0.25), quantile(values, 0.5), quantile(values, 0.75)];
}
