import { availableParallelism, cpus } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { DataOutlook, MeasuredStep, Outlook } from '../compiler/outlook.ts';
import type { Plan, PlanEnvironment } from '../compiler/plan/schema.ts';
import { deviceKey, readCalibration, type StepMeasurement } from '../runtime/calibration/calibration-file.ts';
import { DataError } from '../runtime/errors.ts';
import { once } from '../runtime/once.ts';
import type { Context } from './context.ts';
import { type DataFacts, planDataFacts } from './output/plan-data.ts';

/** What this machine knows: the data sets on its disk, the steps that it has measured, its cores. Runs of a sweep share the look. */
export function outlookHere(context: Pick<Context, 'cwd' | 'environment'>, file: string): Outlook {
  const baseDir = dirname(resolve(context.cwd, file));
  const data = new Map<string, DataOutlook | null>();
  const steps = new Map<string, readonly MeasuredStep[]>();
  let calibration: readonly StepMeasurement[] | null = null;
  return {
    cores: availableParallelism(),
    measured: ({ environment }) =>
      once(steps, JSON.stringify([environment.name, environment.gpu?.name ?? null]), () => {
        calibration ??= readCalibration(context.environment);
        return measuredOn(environment, calibration);
      }),
    data: (plan) =>
      once(data, JSON.stringify([plan.dataset, plan.seed, plan.sampling, plan.batchSize]), () =>
        dataOutlook(planDataFacts(plan, baseDir)),
      ),
  };
}

export function dataOutlook(facts: DataFacts | DataError): DataOutlook | null {
  if (facts instanceof DataError) return null;
  const { stepsPerEpoch, train, validation, test, caseSize } = facts;
  return { stepsPerEpoch, cases: train + validation + test, validationCases: validation, caseSize };
}

/**
 * Those of the device that an environment stands for: measured under its name, or on its GPU; `local` is this machine, by
 * whatever name. Of several devices and engines, those of the latest measurement.
 */
export function measuredOn(
  environment: PlanEnvironment,
  calibration: readonly StepMeasurement[],
): readonly MeasuredStep[] {
  const processor = cpus()[0]?.model.trim() ?? '';
  const isOf = ({ environment: name, device, onGpu }: StepMeasurement) =>
    name === environment.name ||
    (environment.gpu === null
      ? isHere(environment) && !onGpu && device === processor
      : onGpu && device === environment.gpu.name);
  const found = calibration.filter(isOf);
  const latest = found.at(-1);
  if (latest === undefined) return [];
  const engine = engineKey(latest);
  return found.filter((each) => engineKey(each) === engine);
}

/** Whether the plan runs on this machine. */
export function isHere({ name }: Plan['environment']): boolean {
  return name === 'local';
}

/** The name of the environment aside: one machine may be called by several. */
function engineKey(measurement: StepMeasurement): string {
  return deviceKey({ ...measurement, environment: '' });
}
