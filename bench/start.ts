import { spawnSync } from 'node:child_process';
import { trainingProgram } from '../compiler/graph/programs.ts';
import { tensorFlowEnvironment } from '../runtime/engine/environment.ts';
import { createEngine } from '../runtime/engine/executor.ts';
import { nativeBackend } from '../runtime/engine/native/backend.ts';
import { loadBinding, type TensorFlowBinding } from '../runtime/engine/native/binding.ts';
import { locateBinding } from '../runtime/engine/provision/locate.ts';
import { createLearner } from '../runtime/training/learner.ts';
import { compare } from './harness/compare.ts';
import { benchOptions, isMeasuring } from './harness/options.ts';
import { NETWORKS, type NetworkName, planOf } from './harness/plans.ts';
import { answer, givenJob } from './harness/subjects.ts';
import { noiseBatch } from './step/noise.ts';

/**
 * Where the time goes from the start of a trainer to the end of its first step, and what a second step takes. Most of a large first
 * step are the first touches of its memory, which a virtual machine may have to be given by its host, page by page: so each
 * case is measured once more right after another process has used as much.
 *
 *   npm run bench:start -- [--quick] [--only SegResNet-16] [--rounds N]
 */

interface StartJob {
  readonly network: NetworkName;
  readonly size: number;
  readonly launchedAt: number;
}

/** The time since the mark before, by the name of what was done meanwhile. */
class Timeline {
  readonly seconds: Record<string, number[]> = {};
  #last: number;

  constructor(from: number) {
    this.#last = from;
  }

  mark(name: string): void {
    const now = Date.now();
    this.seconds[`${name}_seconds`] = [...(this.seconds[`${name}_seconds`] ?? []), (now - this.#last) / 1000];
    this.#last = now;
  }
}

/** The binding, whose graphs are timed. A step is one graph; the optimizer's is none. */
function observed(binding: TensorFlowBinding, timeline: Timeline): TensorFlowBinding {
  const run: TensorFlowBinding['runSavedModel'] = (...given) => {
    timeline.mark('taking_in');
    const outputs = binding.runSavedModel(...given);
    timeline.mark('run');
    return outputs;
  };
  return Object.create(binding, { runSavedModel: { value: run } });
}

async function measure(): Promise<void> {
  const { network, size, launchedAt } = await givenJob<StartJob>();
  const timeline = new Timeline(launchedAt);
  timeline.mark('program');
  const plan = planOf(network, [`patch: ${size}x${size}x${size}`]);
  const program = trainingProgram(plan);
  timeline.mark('graph');
  const located = locateBinding();
  if (located === null) throw new Error('TensorFlow is not set up: run `exp setup`');
  Object.assign(process.env, tensorFlowEnvironment(process.env));
  const binding = loadBinding(located.path);
  timeline.mark('tensorflow');
  const batch = noiseBatch(size);
  timeline.mark('noise');
  const info = { backend: 'tensorflow-cpu', version: '', device: '', threads: 0, oneDnn: true, notice: null } as const;
  const engine = createEngine(info, nativeBackend(observed(binding, timeline), 1));
  const learner = createLearner(engine, program, plan.optimizer, plan.seed, null);
  timeline.mark('weights');
  const faults: number[] = [];
  for (let step = 1; step <= 2; step++) {
    const before = process.resourceUsage();
    await learner.computeLoss(batch);
    await learner.update(1e-4, step);
    timeline.mark('update');
    const { systemCPUTime } = process.resourceUsage();
    faults.push((systemCPUTime - before.systemCPUTime) / 1e6);
  }
  learner.close();
  engine.close();
  // The noise stands for data, which a trainer reads in other threads.
  const {
    noise_seconds: _,
    run_seconds: runs = [],
    taking_in_seconds: takingIn = [],
    update_seconds: updates = [],
    ...parts
  } = timeline.seconds;
  const first = [takingIn[0] ?? 0, runs[0] ?? 0, updates[0] ?? 0];
  answer({
    ...parts,
    taking_in_seconds: takingIn.slice(0, 1),
    first_run_seconds: runs.slice(0, 1),
    system_seconds: faults.slice(0, 1),
    later_run_seconds: runs.slice(1),
    first_step_seconds: [[...Object.values(parts).flat(), ...first].reduce((sum, part) => sum + part, 0)],
  });
}

/** Another process touches and leaves memory, so that the system has it at hand. */
function useMemory(gigabytes: number): void {
  const script = `Array.from({ length: ${gigabytes} }, () => Buffer.alloc(1e9, 1))`;
  spawnSync(process.execPath, ['-e', script], { stdio: 'ignore' });
}

interface Case {
  readonly network: NetworkName;
  readonly size: number;
  /** What is touched before, beyond what the trainer takes. */
  readonly gigabytes: number;
}

const CASES: readonly Case[] = [
  { network: 'swin24', size: 96, gigabytes: 6 },
  { network: 'seg16', size: 96, gigabytes: 3 },
];

const QUICK: readonly Case[] = [{ network: 'seg16', size: 64, gigabytes: 2 }];

if (isMeasuring) await measure();
else {
  const { quick, wants, rounds } = benchOptions();
  for (const { network, size, gigabytes } of quick ? QUICK : CASES) {
    for (const used of [false, true]) {
      const name = `${NETWORKS[network].name}, ${size}³${used ? ', memory just used' : ''}`;
      if (!wants(name)) continue;
      await compare({
        bench: 'start',
        case: name,
        peer: '',
        rounds: rounds ?? (quick ? 1 : 3),
        quick,
        subjects: ['exp'],
        job: () => {
          if (used) useMemory(gigabytes);
          return { network, size };
        },
      });
    }
  }
}
