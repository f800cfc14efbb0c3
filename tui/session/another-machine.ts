import { availableParallelism } from 'node:os';
import { estimate } from '../../compiler/estimate.ts';
import type { Plan } from '../../compiler/plan/schema.ts';
import { readCalibration } from '../../runtime/calibration/calibration-file.ts';
import { NvidiaSmi } from '../../runtime/system/nvidia-smi.ts';
import type { Context } from '../context.ts';
import { printWarning } from '../failures.ts';
import { stepTimes } from '../format/quantities.ts';
import { measuredOn } from '../outlook.ts';

/** Before a run: a plan for a GPU trains on a machine without one too, for as long as that takes. In every mode. */
export async function warnOfAnotherMachine(context: Context, plan: Plan): Promise<void> {
  if (plan.environment.gpu === null || (await new NvidiaSmi().gpus()).length > 0) return;
  printWarning(context, anotherMachineText(plan, context));
}

/** What is to be said of a plan for a GPU on a machine that has none. */
export function anotherMachineText(plan: Plan, { environment: variables }: Pick<Context, 'environment'>): string {
  const { environment, profile } = plan;
  const here = { ...environment, name: 'local', gpu: null, cpuCores: null, memoryBytes: null };
  const { stepSeconds } = estimate(
    { ...plan, environment: here },
    {
      cores: availableParallelism(),
      measured: (planned) => measuredOn(planned.environment, readCalibration(variables)),
      data: () => null,
    },
  );
  const who = profile === null ? 'the file' : `the profile ${profile}`;
  const step = stepSeconds === null ? '' : `; a step is expected to take ${stepTimes(stepSeconds)} here`;
  return `${who} plans for ${environment.name} with a GPU ${environment.gpu?.name ?? ''}, and this machine has none: it trains on the processor${step}`;
}
