import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { cpuTimes } from '../../runtime/system/machine-usage.ts';
import { load, type Machine, machineFacts } from './machine.ts';

/** One line of bench/results.jsonl: what one subject measured in one case. */
export interface Result {
  readonly bench: string;
  readonly case: string;
  readonly subject: string;
  readonly metrics: Metrics;
  /** A short look, with small sizes or few repetitions. */
  readonly quick: boolean;
  readonly at: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly conditions: Conditions;
}

/** Values of all repetitions by name; the unit stands at the end of the name. */
export type Metrics = Readonly<Record<string, readonly number[]>>;

export interface Conditions {
  /** One-minute load averages before and after. */
  readonly loadBefore: number;
  readonly loadAfter: number;
  /** Cores that others kept busy meanwhile, on average; null where it was not counted. */
  readonly othersCores: number | null;
}

const FILE = 'bench/results.jsonl';

export function readResults(): readonly Result[] {
  if (!existsSync(FILE)) return [];
  const lines = readFileSync(FILE, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line): Result => JSON.parse(line));
}

let machine: Machine | null = null;
let commit: string | null = null;

/** With a plus sign where sources are changed since. */
function commitHash(): string {
  const git = (words: readonly string[]) => execFileSync('git', words, { encoding: 'utf8' }).trim();
  try {
    const changed = git(['status', '--porcelain', '--', 'dsl', 'compiler', 'runtime', 'tui']);
    return `${git(['rev-parse', '--short', 'HEAD'])}${changed === '' ? '' : '+'}`;
  } catch {
    return 'unknown';
  }
}

/** Adds a line to bench/results.jsonl and shows it. */
export function record(result: Omit<Result, 'at' | 'commit' | 'machine'>): void {
  machine ??= machineFacts();
  commit ??= commitHash();
  const line: Result = { ...result, at: new Date().toISOString(), commit, machine };
  appendFileSync(FILE, `${JSON.stringify(line, (_, value) => rounded(value))}\n`);
}

/** Six digits: nothing here is measured better. */
function rounded(value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}

/** Counts what others do between two moments. */
export class Watch {
  readonly #loadBefore = load();
  readonly #startedAt = performance.now();
  readonly #busyBefore = cpuTimes().busy;
  #ownSeconds: number | null = 0;

  /** @param seconds of processor time that was ours; null where it is not known */
  add(seconds: number | null): void {
    this.#ownSeconds = seconds === null || this.#ownSeconds === null ? null : this.#ownSeconds + seconds;
  }

  conditions(): Conditions {
    const elapsed = (performance.now() - this.#startedAt) / 1000;
    const busy = (cpuTimes().busy - this.#busyBefore) / 1000;
    const own = this.#ownSeconds;
    const others = own === null ? null : Number(Math.max(0, (busy - own) / elapsed).toFixed(2));
    return { loadBefore: this.#loadBefore, loadAfter: load(), othersCores: others };
  }
}
