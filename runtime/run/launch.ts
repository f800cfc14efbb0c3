import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { trainerEnvironment } from '../engine/environment.ts';
import { RunError } from '../errors.ts';
import { stateOfRun } from '../events/accumulate.ts';
import { readEvents } from '../events/read.ts';
import { workedSeconds } from '../events/run-state.ts';
import type { RunEventOf } from '../events/schema.ts';
import { EventWriter } from '../events/write.ts';
import { trainerEntry } from '../system/package-root.ts';
import { explainExit } from './explain-exit.ts';
import { folderGone } from './folder-trouble.ts';
import { acquireLock, handLockTo, releaseLock } from './lock.ts';
import { memoryState, oomKills, peakResidentBytes } from './memory.ts';
import { assertStartable } from './resumable.ts';
import { LOG_FILE, readPlanFile } from './run-folder.ts';

/** A trainer that runs in a process of its own. What it does stands in the run's events (`followEvents`). */
export interface TrainerProcess {
  readonly pid: number;
  readonly runDir: string;
  /** Asks it to finish the step, write a checkpoint and end; `run_finished` then says `stopped`. */
  stop(): void;
  /** Ends it at once; what came after the last checkpoint is lost. */
  kill(): void;
  /** Lets this process end while the trainer goes on. */
  detach(): void;
  /** When it has ended, however it did, `run_finished` stands in the record: this is it. */
  readonly ended: Promise<TrainerEnd>;
}

export interface TrainerEnd {
  /** As the conventions say: 0 fine, 2 failed, 3 an expectation did not hold, 130 stopped. */
  readonly exitCode: number;
  readonly finished: RunEventOf<'run_finished'>;
}

export interface LaunchOptions {
  /** Continue from the last checkpoint. */
  readonly resume?: boolean;
  /** Lets this process end before the trainer does. */
  readonly detach?: boolean;
  readonly environment?: NodeJS.ProcessEnv;
  /** The bundled trainer; tests start one of their own making. */
  readonly entry?: string;
}

/** How often a trainer's memory is looked at: the kernel's kill comes without a word. */
const MEMORY_POLL_MS = 500;

const LOG_TAIL_BYTES = 4096;

/**
 * Starts the trainer of a run folder, in a process group of its own: Ctrl-C in the terminal reaches only us, and we
 * decide what it means. It prints into the run's log.txt.
 *
 * @throws RunError when another process works in the folder, when there is nothing (left) to do, or the trainer cannot be
 * started
 */
export async function launchTrainer(runDir: string, options: LaunchOptions = {}): Promise<TrainerProcess> {
  acquireLock(runDir);
  let child: ChildProcess;
  const logStart = statSync(join(runDir, LOG_FILE), { throwIfNoEntry: false })?.size ?? 0;
  const firstSequence = (readEvents(runDir).at(-1)?.sequence ?? -1) + 1;
  const killsBefore = oomKills();
  try {
    assertStartable(runDir, options.resume ?? false);
    child = await start(runDir, options);
  } catch (error) {
    releaseLock(runDir);
    throw error;
  }
  const { pid } = child;
  if (pid === undefined) throw new RunError('the trainer did not start');
  handLockTo(runDir, pid);

  let killedByUs = false;
  let peakRssBytes = 0;
  let memory = memoryState();
  const poll = setInterval(() => {
    peakRssBytes = Math.max(peakRssBytes, peakResidentBytes(pid) ?? 0);
    memory = memoryState();
  }, MEMORY_POLL_MS);
  poll.unref();

  const ended = new Promise<TrainerEnd>((resolve, reject) => {
    child.once('exit', (exitCode, signal) => {
      clearInterval(poll);
      try {
        if (!existsSync(runDir)) throw folderGone(runDir);
        const own = lastWord(runDir, firstSequence);
        if (own !== null) return resolve({ exitCode: exitCode ?? 2, finished: own });
        const explanation = explainExit(
          {
            exitCode,
            signal,
            killedByUs,
            peakRssBytes: Math.max(peakRssBytes, stateOfRun(since(runDir, firstSequence)).peakRssBytes),
            memoryUsedBytes: memory.usedBytes,
            memoryTotalBytes: memory.totalBytes,
            kernelKilledForMemory: killsBefore !== null && (oomKills() ?? 0) > killsBefore,
            logTail: readTail(join(runDir, LOG_FILE), logStart),
          },
          readPlanFile(runDir),
        );
        resolve({ exitCode: 2, finished: writeLastWord(runDir, explanation) });
      } catch (error) {
        reject(error);
      } finally {
        releaseLock(runDir);
      }
    });
  });
  const detach = () => child.unref();
  if (options.detach === true) detach();
  return {
    pid,
    runDir,
    stop: () => void child.kill('SIGTERM'),
    kill: () => {
      killedByUs = true;
      child.kill('SIGKILL');
    },
    detach,
    ended,
  };
}

async function start(runDir: string, options: LaunchOptions): Promise<ChildProcess> {
  const log = openSync(join(runDir, LOG_FILE), 'a');
  try {
    const child = spawn(
      process.execPath,
      [options.entry ?? trainerEntry(), runDir, ...(options.resume === true ? ['--resume'] : [])],
      {
        detached: true,
        stdio: ['ignore', log, log],
        env: trainerEnvironment(options.environment ?? process.env),
      },
    );
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (cause) => reject(new RunError('the trainer cannot be started', { cause })));
    });
    return child;
  } finally {
    closeSync(log);
  }
}

function since(runDir: string, sequence: number) {
  return readEvents(runDir).filter((event) => event.sequence >= sequence);
}

function lastWord(runDir: string, firstSequence: number): RunEventOf<'run_finished'> | null {
  return since(runDir, firstSequence).findLast((event) => event.type === 'run_finished') ?? null;
}

/** What the trainer could not say any more. Epoch, step and best are those of its own record. */
function writeLastWord(
  runDir: string,
  explanation: Pick<RunEventOf<'run_finished'>, 'status' | 'error'>,
): RunEventOf<'run_finished'> {
  const { schedule } = readPlanFile(runDir).plan;
  const state = stateOfRun(readEvents(runDir), schedule.keepBest);
  const writer = new EventWriter(runDir);
  const event = writer.write({
    type: 'run_finished',
    ...explanation,
    epoch: state.epoch,
    step: state.step,
    seconds: workedSeconds(state, Date.now()) ?? 0,
    best:
      state.best === null
        ? null
        : { metric: schedule.keepBest.metric, value: state.best.value, epoch: state.best.epoch },
    metrics: {},
    expectations: [],
    weightsHash: null,
  });
  writer.close();
  return event;
}

/** The last few lines that were printed since a position of the file. */
function readTail(path: string, from: number): string {
  const text = readFileSync(path).subarray(from);
  return text.subarray(Math.max(0, text.length - LOG_TAIL_BYTES)).toString('utf8');
}
