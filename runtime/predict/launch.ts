import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { trainerEnvironment } from '../engine/environment.ts';
import { RunError } from '../errors.ts';
import { temporaryPath } from '../system/durable.ts';
import { predictorEntry } from '../system/package-root.ts';
import { type PredictEvent, predictEventSchema } from './events.ts';
import type { PredictRequest } from './request.ts';

/** A process that predicts, in a group of its own: Ctrl-C in the terminal reaches only us. */
export interface PredictProcess {
  readonly pid: number;
  /** Ends when the process has ended; throws what it died of, if it could not say it itself. */
  readonly events: AsyncIterable<PredictEvent>;
  /** Ends between windows; no file is left half written. */
  stop(): void;
  /** Ends at once. */
  kill(): void;
}

const LOG_TAIL = 4000;

/** @param entry the bundled program; tests build their own */
export function launchPredict(
  request: PredictRequest,
  environment: NodeJS.ProcessEnv,
  entry = predictorEntry(),
): PredictProcess {
  const child = spawn(process.execPath, [entry], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    // Among them those that TensorFlow and malloc read when a process starts.
    env: trainerEnvironment(environment),
  });
  if (child.pid === undefined) throw new RunError('the prediction cannot be started');
  const processId = child.pid;
  // It may die before it has read everything; its end says why.
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify(request));
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString('utf8')).slice(-LOG_TAIL);
    if (environment.EXP_DEBUG) process.stderr.write(chunk);
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  let killed = false;

  async function* events(): AsyncGenerator<PredictEvent, void, void> {
    let writing: readonly string[] = [];
    let hasEnded = false;
    for await (const line of createInterface({ input: child.stdout })) {
      const event = predictEventSchema.parse(JSON.parse(line));
      if (event.type === 'case_started') writing = pathsOf(event.files);
      hasEnded = event.type === 'finished' || event.type === 'failed';
      yield event;
    }
    const { code, signal } = await ended;
    if (hasEnded) return;
    for (const path of writing) rmSync(temporaryPath(path, processId), { force: true });
    if (killed) return;
    throw new RunError(`the prediction ended without a word (${signal ?? `exit code ${code}`})`, {
      help:
        signal === 'SIGKILL'
          ? 'the machine was probably short of memory: predict fewer windows at once (--sw-batch-size 1)'
          : `it said last: ${log.trim().split('\n').at(-1) ?? 'nothing'}`,
    });
  }

  return {
    pid: processId,
    events: events(),
    stop: () => void child.kill('SIGTERM'),
    kill: () => {
      killed = true;
      child.kill('SIGKILL');
    },
  };
}

function pathsOf(files: {
  readonly labels: string | null;
  readonly probabilities: readonly string[];
  readonly overview: string | null;
}) {
  return [files.labels, ...files.probabilities, files.overview].filter((path) => path !== null);
}
