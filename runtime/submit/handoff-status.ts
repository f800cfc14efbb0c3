import { stateOfRun } from '../events/accumulate.ts';
import { readEvents } from '../events/read.ts';
import { isOver } from '../events/run-state.ts';
import { type KnownStatus, statusOf } from '../run/run-status.ts';
import type { HandoffFolder } from './handoff-folder.ts';
import { type HandoffRun, handoffRuns, isStarted, partOf, runDirOf } from './handoff-runs.ts';
import type { Queue, QueuedJob } from './slurm-queue.ts';
import { slurmQueue } from './slurm-queue.ts';

/** How a hand-off stands: each run by its own record, and its job by what the target says. */
export interface HandoffStatus {
  /** Null for targets that exp does not follow. */
  readonly queue: Queue | null;
  readonly runs: readonly HandoffRunStatus[];
  /** Parts whose runs are not done and that no job waits or works for. */
  readonly abandoned: readonly number[];
}

export interface HandoffRunStatus {
  readonly run: HandoffRun;
  /** As of any run, and `waiting` before its first start, `lost` where its job left no word. */
  readonly status: KnownStatus | 'waiting';
  readonly epoch: number;
  readonly best: number | null;
  readonly job: QueuedJob | null;
}

/** Targets whose queue exp asks itself. */
const QUEUES: Readonly<Record<string, (id: string, env: NodeJS.ProcessEnv) => Promise<Queue>>> = { slurm: slurmQueue };

export async function handoffStatus(folder: HandoffFolder, env: NodeJS.ProcessEnv): Promise<HandoffStatus> {
  const { id, target, parts } = folder.info;
  const queue = (await QUEUES[target]?.(id, env)) ?? null;
  const jobs = new Map((queue?.kind === 'known' ? queue.jobs : []).map((job) => [job.part, job]));
  const runs = handoffRuns(folder).map((run) => {
    const job = jobs.get(partOf(run, parts)) ?? null;
    return { run, ...recordOf(folder, run), job };
  });
  const open = runs.filter((each) => !isOver(each));
  const abandoned = open
    .filter(({ job }) => job === null || !AT_WORK.has(job.state))
    .map(({ run }) => partOf(run, parts));
  return { queue, runs, abandoned: queue?.kind === 'known' ? [...new Set(abandoned)] : [] };
}

/** Job states after which something is still to come. */
const AT_WORK: ReadonlySet<string> = new Set([
  'PENDING',
  'CONFIGURING',
  'RUNNING',
  'SUSPENDED',
  'COMPLETING',
  'REQUEUED',
  'REQUEUE_HOLD',
  'RESIZING',
  'SIGNALING',
  'STAGE_OUT',
  'STOPPED',
]);

function recordOf(folder: HandoffFolder, run: HandoffRun): Pick<HandoffRunStatus, 'status' | 'epoch' | 'best'> {
  if (!isStarted(folder, run)) return { status: 'waiting', epoch: 0, best: null };
  const dir = runDirOf(folder, run);
  const events = readEvents(dir);
  const state = stateOfRun(events);
  const status = events.length === 0 ? 'waiting' : statusOf(state, dir);
  return { status, epoch: state.epoch, best: state.finished?.best?.value ?? state.best?.value ?? null };
}
