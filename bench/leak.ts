import { inferenceProgram, trainingProgram } from '../compiler/graph/programs.ts';
import { randomStream } from '../runtime/data/random.ts';
import { openEngine } from '../runtime/engine/open.ts';
import { createLearner } from '../runtime/training/learner.ts';
import { show } from './harness/compare.ts';
import { benchOptions, isMeasuring } from './harness/options.ts';
import { NETWORKS, planOf } from './harness/plans.ts';
import { record, Watch } from './harness/record.ts';
import { answer, askOurs, cpuSeconds, givenJob } from './harness/subjects.ts';

/**
 * Tensors and resident memory over 1,000 training steps: how many live at the end beyond those after the first half, and
 * the slope of resident memory in the second half, by least squares.
 *
 *   npm run bench:leak -- [--quick]
 */

interface LeakJob {
  readonly steps: number;
}

const SIDE = 32;
/** Allocators take a while until they have all that steps ever need. */
const SETTLED = 0.5;

async function measure(): Promise<void> {
  const { steps: total } = await givenJob<LeakJob>();
  const plan = planOf('seg8', [`patch: ${SIDE}x${SIDE}x${SIDE}`]);
  const program = trainingProgram(plan);
  const { forward } = inferenceProgram({ model: plan.model, roiSize: plan.patch, batchSize: 1 });
  const engine = await openEngine();
  const learner = createLearner(engine, program, plan.optimizer, plan.seed, null);
  const random = randomStream({ seed: 1, purpose: 'phantom' });
  const image = Float32Array.from({ length: SIDE ** 3 }, () => random.normal());
  const label = Int32Array.from(image, (value) => (value > 0.5 ? 1 : 0));
  const resident: number[] = [];
  const tensors: number[] = [];
  for (let step = 1; step <= total; step++) {
    await learner.computeLoss({ image, label, shape: [1, SIDE, SIDE, SIDE], caseIds: ['noise'] });
    await learner.update(1e-4, step);
    if (step % 20 === 0) {
      // As validation does between epochs.
      const input = engine.upload(image, [1, SIDE, SIDE, SIDE, 1]);
      engine.dispose(input, ...Object.values(engine.execute(forward, { weights: learner.evaluated, image: input })));
    }
    if (step <= total * SETTLED || step % 10 !== 0) continue;
    globalThis.gc?.();
    resident.push(process.memoryUsage().rss);
    tensors.push(engine.memory().tensors);
  }
  const [first = 0] = tensors;
  answer({
    tensors_gained: [(tensors.at(-1) ?? 0) - first],
    resident_bytes_per_step: [slope(resident) / 10],
    resident_bytes: [resident.at(-1) ?? 0],
    steps: [total],
  });
}

/** Of a line through values at 0, 1, 2, … with the least squares. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const along = values.reduce((sum, value, i) => sum + (i - middle) * (value - mean), 0);
  return along / values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
}

if (isMeasuring) await measure();
else {
  const { quick } = benchOptions();
  const steps = quick ? 200 : 1000;
  const watch = new Watch();
  const { metrics, cpuSeconds: used } = await askOurs({ steps } satisfies LeakJob);
  watch.add(used + cpuSeconds());
  const name = `${NETWORKS.seg8.name}, ${SIDE}³, ${steps} steps`;
  record({ bench: 'leak', case: name, subject: 'exp', metrics, quick, conditions: watch.conditions() });
  show(name, 'exp', metrics);
}
