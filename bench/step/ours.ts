import { availableParallelism } from 'node:os';
import { trainingProgram } from '../../compiler/graph/programs.ts';
import { memoryNeed } from '../../compiler/plan/memory-need.ts';
import type { Precision } from '../../compiler/plan/precisions.ts';
import { openEngine } from '../../runtime/engine/open.ts';
import { createLearner } from '../../runtime/training/learner.ts';
import { type NetworkName, planOf } from '../harness/plans.ts';
import { answer, cpuSeconds, givenJob, peakBytes } from '../harness/subjects.ts';
import { noiseBatch } from './noise.ts';

export interface StepJob {
  readonly network: NetworkName;
  readonly size: number;
  readonly memory: string | null;
  readonly precision: Precision;
  readonly steps: number;
  /** Date.now() before the process was started. */
  readonly launchedAt: number;
}

export async function measureStep(): Promise<void> {
  const { network, size, memory, precision, steps, launchedAt } = await givenJob<StepJob>();
  const plan = planOf(network, [
    `patch: ${size}x${size}x${size}`,
    `precision: ${precision}`,
    ...(memory === null ? [] : [`memory: ${memory}`]),
  ]);
  const program = trainingProgram(plan);
  const engine = await openEngine();
  const learner = createLearner(engine, program, plan.optimizer, plan.seed, null);
  const batch = noiseBatch(size);
  const seconds: number[] = [];
  const processor: number[] = [];
  let first = 0;
  for (let step = 0; step <= steps; step++) {
    const [start, used] = [performance.now(), cpuSeconds()];
    await learner.computeLoss(batch);
    await learner.update(1e-4, step + 1);
    if (step === 0) first = (Date.now() - launchedAt) / 1000;
    else {
      seconds.push((performance.now() - start) / 1000);
      processor.push((cpuSeconds() - used) / availableParallelism());
    }
  }
  const planned = memoryNeed(plan.facts, false);
  answer({
    step_seconds: seconds,
    step_processor_seconds: processor,
    first_step_seconds: [first],
    peak_resident_bytes: [peakBytes()],
    planned_resident_bytes: [planned.expected],
    tensor_peak_bytes: [engine.memory().peakBytes],
    // The batch is its caller's; the allocator counts it too.
    planned_tensor_bytes: [planned.least + batch.image.byteLength + batch.label.byteLength],
  });
  learner.close();
  engine.close();
}
