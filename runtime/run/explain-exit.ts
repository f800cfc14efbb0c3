import { spatialDivisor } from '../../compiler/graph/networks/table.ts';
import { activationsWithin, memoryNeed } from '../../compiler/plan/memory-need.ts';
import type { Plan, PlanFile } from '../../compiler/plan/schema.ts';
import { OutOfMemoryError, RunError } from '../errors.ts';
import type { RunEventOf } from '../events/schema.ts';
import { memoryState } from './memory.ts';
import { originLocation } from './origin.ts';

/** What is known of a trainer that ended without saying why. */
export interface ExitEvidence {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whether we sent that signal ourselves, because the user insisted. */
  readonly killedByUs: boolean;
  readonly peakRssBytes: number;
  readonly memoryUsedBytes: number;
  readonly memoryTotalBytes: number;
  /** The kernel counted a kill for memory in our group meanwhile. */
  readonly kernelKilledForMemory: boolean;
  /** What the trainer printed last. */
  readonly logTail: string;
}

export interface ExitExplanation {
  readonly status: 'failed' | 'killed';
  readonly error: NonNullable<RunEventOf<'run_finished'>['error']>;
}

/** Above this share of the memory the kernel may kill at any moment. */
const SHORT_OF_MEMORY = 0.9;

/** An allocation that failed inside TensorFlow or the C++ library ends the process by abort, not by the kernel's hand. */
const ALLOCATION_FAILED =
  /std::bad_alloc|OOM when allocating|out of memory|Cannot allocate memory|CUDA_ERROR_OUT_OF_MEMORY/i;

export function explainExit(evidence: ExitEvidence, planFile: PlanFile): ExitExplanation {
  if (!evidence.killedByUs && diedOfMemory(evidence, planFile.plan)) {
    return { status: 'failed', error: outOfMemory(planFile, evidence.peakRssBytes, evidence.memoryTotalBytes) };
  }
  const manner = evidence.signal === null ? `exit code ${evidence.exitCode}` : evidence.signal;
  const killed = evidence.signal === 'SIGKILL' || evidence.signal === 'SIGTERM' || evidence.signal === 'SIGINT';
  const lastLine = evidence.logTail.trim().split('\n').at(-1) ?? '';
  const error = new RunError(
    killed
      ? `the trainer was killed (${manner})`
      : `the trainer crashed (${manner})${lastLine === '' ? '' : `: ${lastLine}`}`,
    { help: 'continue from the last checkpoint with `exp resume`; log.txt in the run folder has what it printed' },
  );
  return {
    status: killed ? 'killed' : 'failed',
    error: { code: error.code, message: error.message, help: error.help, location: null },
  };
}

/** Out of memory, with the plan's estimate, the measured peak, and the line and value to change. */
export function outOfMemory(planFile: PlanFile, peakBytes: number, memoryTotalBytes: number): ExitExplanation['error'] {
  const { plan } = planFile;
  const planned = plannedPeakBytes(plan);
  const change = smallerSetting(plan, memoryTotalBytes);
  const error = new OutOfMemoryError(
    `out of memory: training with patch ${plan.patch.join('x')} and batch_size ${plan.batchSize} was planned to take ` +
      `${gigabytes(planned)} and had reached ${gigabytes(peakBytes)} of ${gigabytes(memoryTotalBytes)}`,
    { planPath: change.planPath, help: change.help },
  );
  return {
    code: error.code,
    message: error.message,
    help: error.help,
    location: originLocation(planFile, change.planPath),
  };
}

/** Out of memory in the engine, which says where but not what to change. */
export function engineOutOfMemory({ message }: OutOfMemoryError, planFile: PlanFile): ExitExplanation['error'] {
  const { plan } = planFile;
  const change = smallerSetting(plan, memoryState().totalBytes);
  return {
    code: 'EXP4502',
    message: `${message.replace(/\.$/, '')}: ${plannedText(plan)}`,
    help: change.help,
    location: originLocation(planFile, change.planPath),
  };
}

/** How a plan stands to the memory of a machine without a GPU, before it starts there. */
export type MemoryOutlook =
  | { readonly kind: 'fits' }
  | { readonly kind: 'tight' | 'impossible'; readonly message: string; readonly help: string };

/** Impossible is what needs more than all memory for weights and activations alone, which no step can do without. */
export function memoryOutlook(plan: Plan, memoryTotalBytes: number): MemoryOutlook {
  const { least, expected } = memoryNeed(plan.facts, false);
  const kind =
    least > memoryTotalBytes ? 'impossible' : expected > SHORT_OF_MEMORY * memoryTotalBytes ? 'tight' : 'fits';
  if (kind === 'fits') return { kind };
  const { help } = smallerSetting(plan, memoryTotalBytes);
  const message = `${plannedText(plan)}, and this machine has ${gigabytes(memoryTotalBytes)}`;
  return { kind, message, help };
}

function plannedText(plan: Plan): string {
  const planned = gigabytes(plannedPeakBytes(plan));
  return `training with patch ${plan.patch.join('x')} and batch_size ${plan.batchSize} is planned to take ${planned}`;
}

/** What the plan says that the trainer holds at its peak, as the system counts it, without the data. */
export function plannedPeakBytes({ facts }: Plan): number {
  return memoryNeed(facts, false).expected;
}

function diedOfMemory(evidence: ExitEvidence, plan: Plan): boolean {
  const short =
    evidence.memoryUsedBytes > SHORT_OF_MEMORY * evidence.memoryTotalBytes ||
    evidence.peakRssBytes > SHORT_OF_MEMORY * evidence.memoryTotalBytes ||
    plannedPeakBytes(plan) > evidence.memoryTotalBytes;
  if (evidence.signal === 'SIGKILL') return evidence.kernelKilledForMemory || short;
  return ALLOCATION_FAILED.test(evidence.logTail);
}

/** Activations grow with the voxels of a batch; the state does not, and may be too much by itself. A tenth stays for data and process. */
function smallerSetting(plan: Plan, memoryTotalBytes: number): { readonly planPath: string; readonly help: string } {
  const perVoxel = plan.facts.activationPeakBytes / (plan.batchSize * product(plan.patch));
  const room = (activationsWithin(SHORT_OF_MEMORY * memoryTotalBytes, plan.facts, false) ?? 0) / perVoxel;
  if (plan.batchSize > 1) {
    const fits = Math.min(plan.batchSize - 1, Math.floor(room / product(plan.patch)));
    if (fits >= 1) return { planPath: 'batchSize', help: `batch_size: ${fits} should fit` };
  }
  const steps = spatialDivisor(plan.model);
  let sides = shrink(plan.patch, steps);
  while (product(sides) > room && sides.some((side, axis) => side > (steps[axis] ?? 1))) sides = shrink(sides, steps);
  if (product(sides) > room) {
    const have = gigabytes(memoryTotalBytes);
    return { planPath: 'model', help: `no patch fits into ${have}: it takes a smaller network, or more memory` };
  }
  const batch = plan.batchSize > 1 ? ' with batch_size: 1' : '';
  return { planPath: 'patch', help: `patch: ${sides.join('x')}${batch} should fit` };
}

/** The longest sides one step shorter. */
function shrink(sides: readonly number[], steps: readonly number[]): readonly number[] {
  const longest = Math.max(...sides);
  return sides.map((side, axis) => {
    const step = steps[axis] ?? 1;
    return side === longest ? Math.max(step, Math.ceil(side / step) * step - step) : side;
  });
}

function product(values: readonly number[]): number {
  return values.reduce((total, value) => total * value, 1);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
