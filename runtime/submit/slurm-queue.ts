import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What SLURM says of the jobs of a hand-off, by asking its own tools. */

export interface QueuedJob {
  /** `1234_5`, or `1234`. */
  readonly job: string;
  /** From 1; of an array its index. */
  readonly part: number;
  /** `PENDING`, `RUNNING`, `COMPLETED`, `TIMEOUT`, … */
  readonly state: string;
  /** Why it waits, or where it runs. */
  readonly detail: string;
  readonly elapsed: string;
}

export type Queue =
  | { readonly kind: 'known'; readonly jobs: readonly QueuedJob[] }
  | { readonly kind: 'unknown'; readonly reason: string };

const run = promisify(execFile);
const TIMEOUT_MS = 30_000;

/**
 * Jobs by their name, which is the hand-off's id: whoever submitted them, and how often. squeue knows those that wait, run
 * or ended minutes ago; sacct the older ones, where a cluster keeps accounts.
 */
export async function slurmQueue(id: string, env: NodeJS.ProcessEnv): Promise<Queue> {
  try {
    const format = '%F|%K|%T|%r|%N|%M|%A';
    const { stdout } = await run(
      'squeue',
      ['--noheader', '--array', '--states=all', `--name=${id}`, `--format=${format}`],
      { env, timeout: TIMEOUT_MS },
    );
    const recent = parseSqueue(stdout);
    const older = await accounts(id, env);
    // The latest submission of a part is the one that counts.
    const latest = new Map<number, QueuedJob>();
    for (const job of [...older, ...recent].sort((a, b) => numberOf(a) - numberOf(b))) latest.set(job.part, job);
    return { kind: 'known', jobs: [...latest.values()].sort((a, b) => a.part - b.part) };
  } catch (error) {
    return { kind: 'unknown', reason: reasonOf(error) };
  }
}

/** `%F|%K|%T|%r|%N|%M|%A`: array job, index, state, reason, nodes, time, job. */
export function parseSqueue(text: string): readonly QueuedJob[] {
  return linesOf(text).map((line) => {
    const [array = '', index = '', state = '', reason = '', nodes = '', elapsed = '', own = ''] = line.split('|');
    const part = Number(index);
    const isArray = Number.isInteger(part) && index !== '';
    return {
      job: isArray ? `${array}_${index}` : own,
      part: isArray ? part : 1,
      state,
      detail: state === 'PENDING' ? reason : nodes,
      elapsed,
    };
  });
}

/** Parsable `JobID|State|NodeList|Elapsed`. */
export function parseSacct(text: string): readonly QueuedJob[] {
  return linesOf(text).flatMap((line) => {
    const [job = '', state = '', nodes = '', elapsed = ''] = line.split('|');
    const [, index] = /^\d+(?:_(\d+))?$/.exec(job) ?? [];
    // `1234_[5-8]` are indices that still wait, which squeue tells one by one.
    if (!/^\d+(?:_\d+)?$/.test(job)) return [];
    // `CANCELLED by 1000`
    const [name = ''] = state.split(' ');
    return [{ job, part: index === undefined ? 1 : Number(index), state: name, detail: nodes, elapsed }];
  });
}

/** Empty where the cluster keeps no accounts. */
async function accounts(id: string, env: NodeJS.ProcessEnv): Promise<readonly QueuedJob[]> {
  try {
    const args = ['--noheader', '--allocations', '--parsable2', '--starttime=now-90days', `--name=${id}`];
    const { stdout } = await run('sacct', [...args, '--format=JobID,State,NodeList,Elapsed'], {
      env,
      timeout: TIMEOUT_MS,
    });
    return parseSacct(stdout);
  } catch {
    return [];
  }
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

function numberOf({ job }: QueuedJob): number {
  return Number.parseInt(job, 10);
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'squeue is not installed here';
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  const [first] = said.split('\n');
  return first ? `squeue does not answer: ${first}` : 'squeue does not answer';
}
