import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { compile } from '../../compiler/compile.ts';
import { trainingProgram } from '../../compiler/graph/programs.ts';
import { randomStream } from '../../runtime/data/random.ts';
import { openEngine } from '../../runtime/engine/open.ts';
import { createLearner } from '../../runtime/training/learner.ts';
import { answer, cpuSeconds } from '../harness/subjects.ts';

const STEPS = 16;

/** What a step of an experiment takes of the processors, which hardly depends on what else they are busy with. */
export async function measureProcessorSeconds(path: string): Promise<void> {
  const text = readFileSync(path, 'utf8');
  const { planFile } = compile(
    { path, text },
    {
      profile: null,
      set: [],
      environment: (name) => process.env[name],
      readFile: (imported) => readFileSync(join(dirname(path), imported.split('/').at(-1) ?? ''), 'utf8'),
    },
  );
  if (planFile === null) throw new Error(`${path} does not compile`);
  const { plan } = planFile;
  const engine = await openEngine();
  const learner = createLearner(engine, trainingProgram(plan), plan.optimizer, plan.seed, null);
  const random = randomStream({ seed: 1, purpose: 'phantom' });
  const [d, h, w] = plan.patch;
  const image = Float32Array.from({ length: plan.batchSize * d * h * w }, () => random.normal());
  const label = Int32Array.from(image, (value) => (value > 0.5 ? 1 : 0));
  const seconds: number[] = [];
  for (let step = 1; step <= STEPS; step++) {
    const before = cpuSeconds();
    await learner.computeLoss({ image, label, shape: [plan.batchSize, d, h, w], caseIds: ['noise'] });
    await learner.update(1e-4, step);
    // The first ones choose kernels and ask for memory.
    if (step > 3) seconds.push((cpuSeconds() - before) / availableParallelism());
  }
  answer({ step_processor_seconds: seconds });
  learner.close();
  engine.close();
}
