import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { trainerEnvironment } from '../runtime/engine/environment.ts';
import { show } from './harness/compare.ts';
import { benchOptions, isMeasuring } from './harness/options.ts';
import { NETWORKS, type NetworkName } from './harness/plans.ts';
import { record, Watch } from './harness/record.ts';
import { type Answer, cpuSeconds } from './harness/subjects.ts';
import { measureStep, type StepJob } from './step/ours.ts';

/**
 * The most bytes of tensors that TensorFlow's allocator was asked to hold at once during three training steps, as its own
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

/**
 * What the allocator says at level 3: a tensor's size once it is asked for, again with its address once it is there, and
 * when it is given back. Tensors under 256 KiB it leaves to malloc and does not tell.
 */
const TAKEN = /\] AllocateRaw mklcpu +(\d+) 0x/;
const GIVEN_BACK = /\] DeallocateRaw mklcpu +(\d+)$/;

async function measure({ network, size, memory }: Case): Promise<Answer> {
  const [, bundle = ''] = process.argv;
  const child = spawn(process.execPath, ['--expose-gc', bundle, '--measure'], {
    env: {
      ...trainerEnvironment(process.env),
      TF_CPP_MIN_LOG_LEVEL: '0',
      TF_CPP_VMODULE: 'bfc_allocator=3',
    },
    stdio: 'pipe',
  });
  child.stdin.end(
    JSON.stringify({ network, size, memory, precision: 'float32', steps: 2, launchedAt: Date.now() } satisfies StepJob),
  );
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const [peak, last] = await Promise.all([highestOf(child.stderr), lastLineOf(child.stdout)]);
  if ((await ended) !== 0) throw new Error(`the measurement ended with ${child.exitCode}`);
  const { metrics, cpuSeconds: used }: Answer = JSON.parse(last);
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
async function highestOf(log: NodeJS.ReadableStream): Promise<number> {
  let [held, highest] = [0, 0];
  for await (const line of createInterface({ input: log })) {
    held += Number(TAKEN.exec(line)?.[1] ?? 0) - Number(GIVEN_BACK.exec(line)?.[1] ?? 0);
    highest = Math.max(highest, held);
  }
  if (highest === 0) throw new Error('TensorFlow logged no allocation: this build has another allocator');
  return highest;
}

async function lastLineOf(output: NodeJS.ReadableStream): Promise<string> {
  let last = '';
  for await (const line of createInterface({ input: output })) if (line !== '') last = line;
  return last;
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
