import { flattenPlan } from '../../compiler/plan/flatten.ts';
import type { Plan } from '../../compiler/plan/schema.ts';
import { accumulateRun } from '../../runtime/events/accumulate.ts';
import { followEvents, readEvents } from '../../runtime/events/read.ts';
import type { RunState } from '../../runtime/events/run-state.ts';
import { launchTrainer, type TrainerProcess } from '../../runtime/run/launch.ts';
import { liveOwner } from '../../runtime/run/lock.ts';
import type { RunFolder } from '../../runtime/run/run-folder.ts';
import { startTracker, type Tracker } from '../../runtime/tracking/tracker.ts';
import type { Context } from '../context.ts';

/** One run of a matrix at work. */
export interface MemberAtWork {
  readonly plan: Plan;
  readonly tracker: Tracker | null;
  /** Asks it to end with a checkpoint. */
  stop(): void;
  /** Ends it at once. */
  kill(): void;
  state(): RunState;
  /** Settles when it has ended, however it did. */
  readonly ended: Promise<void>;
}

/** Starts or continues a run of a matrix. One that is at work already, since whoever started it died, is followed. */
export async function attendMember(context: Context, run: RunFolder, plan: Plan): Promise<MemberAtWork> {
  const earlier = readEvents(run.dir);
  const owner = liveOwner(run.dir);
  let trainer: TrainerProcess | null = null;
  if (owner === null) {
    const resume = earlier.some(({ type }) => type === 'run_started');
    trainer = await launchTrainer(run.dir, { resume });
  }
  const tracker =
    plan.track === null ? null : startTracker({ runDir: run.dir, flatten: flattenPlan, env: context.environment });
  const record = accumulateRun(plan.schedule.keepBest);
  const follow = async () => {
    for await (const event of followEvents(run.dir)) record.apply(event);
    await trainer?.ended;
  };
  const signal = (name: 'SIGTERM' | 'SIGKILL') => {
    if (owner !== null) process.kill(owner.pid, name);
  };
  return {
    plan,
    tracker,
    stop: () => (trainer === null ? signal('SIGTERM') : trainer.stop()),
    kill: () => (trainer === null ? signal('SIGKILL') : trainer.kill()),
    state: record.current,
    ended: follow(),
  };
}
