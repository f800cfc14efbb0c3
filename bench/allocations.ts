import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { show } from './harness/compare.ts';
import { benchOptions, isMeasuring } from './harness/options.ts';
import { NETWORKS, type NetworkName } from './harness/plans.ts';
import { record, Watch } from './harness/record.ts';
import { type Answer, askOurs, cpuSeconds } from './harness/subjects.ts';
import { measureStep, type StepJob } from './step/ours.ts';

/**
 * The most bytes of tensors that TensorFlow's allocator was asked to hold at once during some training steps, as its own
 * log has it, beside what the plan says. A step that runs as one TensorFlow graph hides its tensors from the engine's count.
 *
 *   npm run bench:allocations -- [--quick] [--only SwinUNETR-24]
 */

interface Case {
  readonly network: NetworkName;
  readonly size: number;
  readonly memory: string | null;
}

const CASES: readonly Case[] = [
  { network: 'seg16', size: 64, memory: null },
  { network: 'seg16', size: 96, memory: null },
  { network: 'swin24', size: 64, memory: null },
  { network: 'swin24', size: 96, memory: null },
  { network: 'swin24', size: 96, memory: '4GB' },
  { network: 'swin24', size: 96, memory: '2.4GB' },
];

const nameOf = ({ network, size, memory }: Case): string =>
  [NETWORKS[network].name, `${size}³`, ...(memory === null ? [] : [`memory: ${memory}`])].join(', ');

const LOGGING = { TF_CPP_MIN_LOG_LEVEL: '0', TF_CPP_VMODULE: 'bfc_allocator=3' };

/**
 * What the allocator says at level 3: a tensor's size once it is asked for, again with its address once it is there, and
 * when it is given back. Tensors under 256 KiB it leaves to malloc and does not tell.
 */
const TAKEN = /\] AllocateRaw mklcpu +(\d+) 0x/;
const GIVEN_BACK = /\] DeallocateRaw mklcpu +(\d+)$/;

/** Which ops overlap differs from step to step, and the peak by the largest tensor: three steps often miss the highest. */
const STEPS_AFTER_THE_FIRST = 8;

async function measure({ network, size, memory }: Case): Promise<Answer> {
  const job: StepJob = {
    network,
    size,
    memory,
    precision: 'float32',
    steps: STEPS_AFTER_THE_FIRST,
    launchedAt: Date.now(),
  };
  let log: Promise<number> = Promise.resolve(0);
  const { metrics, cpuSeconds: used } = await askOurs(job, LOGGING, (lines) => {
    log = highestOf(lines);
  });
  const peak = await log;
  const { planned_tensor_bytes: planned = [] } = metrics;
  return {
    metrics: {
      allocated_bytes: [peak],
      planned_tensor_bytes: planned,
      planned_off: planned.map((bytes) => bytes / peak - 1),
    },
    cpuSeconds: used,
  };
}

/** The most bytes that were allocated and not given back, at any line of the allocator's log. */
async function highestOf(log: Readable): Promise<number> {
  let [held, highest] = [0, 0];
  for await (const line of createInterface({ input: log })) {
    held += Number(TAKEN.exec(line)?.[1] ?? 0) - Number(GIVEN_BACK.exec(line)?.[1] ?? 0);
    highest = Math.max(highest, held);
  }
  if (highest === 0) throw new Error('TensorFlow logged no allocation: this build has another allocator');
  return highest;
}

if (isMeasuring) await measureStep();
else {
  const { quick, wants } = benchOptions();
  for (const item of (quick ? CASES.slice(0, 1) : CASES).filter((candidate) => wants(nameOf(candidate)))) {
    const watch = new Watch();
    const { metrics, cpuSeconds: used } = await measure(item);
    watch.add(used + cpuSeconds());
    record({
      bench: 'allocations',
      case: nameOf(item),
      subject: 'exp',
      metrics,
      quick,
      conditions: watch.conditions(),
    });
    show(nameOf(item), 'exp', metrics);
  }
}
