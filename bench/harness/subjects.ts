import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { trainerEnvironment } from '../../runtime/engine/environment.ts';
import { referencePython } from './python.ts';
import type { Metrics } from './record.ts';

/**
 * Who is measured: each is a program that reads a job as JSON from its standard input and prints what it measured as the
 * last line of its output. A process of its own each time, so that peaks of memory are its own.
 */
export type Subject = 'exp' | 'MONAI tuned' | 'MONAI as installed';

export interface Answer {
  readonly metrics: Metrics;
  /** Of all of its threads; what the machine was busy with beyond that was others' work. */
  readonly cpuSeconds: number;
}

/**
 * Most of what an untuned PyTorch takes on large patches are page faults: glibc's malloc hands memory back to the kernel
 * and is given it again. With these its tensors stay. Channels-last is the other half; peers do that themselves.
 */
export const TUNED = {
  MALLOC_MMAP_THRESHOLD_: '8589934592',
  MALLOC_TRIM_THRESHOLD_: '34359738368',
  MALLOC_TOP_PAD_: '268435456',
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
};

/** @param peer the Python script of a bench */
export async function ask(subject: Subject, peer: string, job: object): Promise<Answer> {
  const launchedAt = Date.now();
  if (subject === 'exp') return askOurs({ ...job, launchedAt });
  const python = referencePython();
  if (python === null) throw new Error('there is no reference Python');
  const tuned = subject === 'MONAI tuned';
  const environment = tuned ? { ...process.env, ...TUNED } : process.env;
  return answerOf(python, ['-W', 'ignore', peer], environment, { ...job, launchedAt, tuned });
}

/**
 * Asks this bench, in a process of its own.
 * @param environment beyond a trainer's
 * @param readLog takes what the process logs, which else is shown
 */
export function askOurs(
  job: object,
  environment: NodeJS.ProcessEnv = {},
  readLog?: (log: Readable) => void,
): Promise<Answer> {
  const [, bundle = ''] = process.argv;
  const ours = { ...trainerEnvironment(process.env), ...environment };
  return answerOf(process.execPath, ['--expose-gc', bundle, '--measure'], ours, job, readLog);
}

async function answerOf(
  command: string,
  options: readonly string[],
  environment: NodeJS.ProcessEnv,
  job: object,
  readLog?: (log: Readable) => void,
): Promise<Answer> {
  const child = spawn(command, options, { env: environment, stdio: 'pipe' });
  if (readLog === undefined) child.stderr.pipe(process.stderr);
  else readLog(child.stderr);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stdin.end(JSON.stringify(job));
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`${command} ${options.join(' ')} ended with ${code}`);
  return JSON.parse(output.trim().split('\n').at(-1) ?? '');
}

/** The job that a `--measure` process was given. */
export async function givenJob<T>(): Promise<T> {
  let text = '';
  for await (const piece of process.stdin.setEncoding('utf8')) text += String(piece);
  return JSON.parse(text);
}

/** Ends a `--measure` process's work. */
export function answer(metrics: Metrics): void {
  const result: Answer = { metrics, cpuSeconds: cpuSeconds() };
  process.stdout.write(`\n${JSON.stringify(result)}\n`);
}

/** Of all threads of this process so far: where others keep the processors busy, this still tells how much work there is. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Most that this process ever had resident, in bytes. */
export function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}
