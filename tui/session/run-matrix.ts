import type { Plan } from '../../compiler/plan/schema.ts';
import { type ExpError, RunError, TrackingError } from '../../runtime/errors.ts';
import { isOver } from '../../runtime/events/run-state.ts';
import { acquireLock, releaseLock } from '../../runtime/run/lock.ts';
import { type MatrixFolder, type MemberFolder, memberFolders } from '../../runtime/run/matrix-folder.ts';
import { type MatrixResults, matrixResults } from '../../runtime/run/matrix-results.ts';
import { type RunFolder, readPlanFile } from '../../runtime/run/run-folder.ts';
import { secondsWithin, spendOf, spendText } from '../../runtime/run/spend.ts';
import { reportMatrix } from '../../runtime/tracking/matrix-run.ts';
import type { Tracker } from '../../runtime/tracking/tracker.ts';
import { budgetSpent } from '../../runtime/training/budget-limit.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { printFailure } from '../failures.ts';
import { formatMatrix } from '../output/matrix-table.ts';
import { attendMember, type MemberAtWork } from './attend-member.ts';
import { watchInterrupts } from './interrupts.ts';
import { type MatrixReporter, openMatrixReporter } from './matrix-reporter.ts';
import { roomFor } from './member-pool.ts';
import type { ReporterKind } from './reporter.ts';
import { syncMembers } from './sync-matrix.ts';
import { whenUnread } from './unread.ts';

export interface MatrixOptions {
  readonly kind: ReporterKind;
  /** How many runs at once, memory permitting. */
  readonly jobs: number;
  /** Ends the others when one has failed. */
  readonly failFast: boolean;
}

/** A run that has ended, and what tells the server of it. */
interface Told {
  readonly run: RunFolder;
  readonly tracker: Tracker;
}

/** How often the budget is looked at. */
const BUDGET_POLL_MS = 500;

/**
 * Runs what is left of a matrix: what is complete is passed over, what was interrupted goes on from its checkpoint. All of
 * it can be cut off at any moment and started again.
 */
export async function runMatrix(context: Context, matrix: MatrixFolder, options: MatrixOptions): Promise<ExitCode> {
  acquireLock(matrix.dir);
  const session = new MatrixSession(context, matrix, options);
  try {
    await session.open();
    await session.run();
    return await session.conclude();
  } finally {
    await session.close();
    releaseLock(matrix.dir);
  }
}

/** The runs that are at work, and why no more are started. */
class MatrixSession {
  readonly #context: Context;
  readonly #matrix: MatrixFolder;
  readonly #options: MatrixOptions;
  readonly #members: readonly MemberFolder[];
  /** Of the first run: price and budget are the same for all. */
  readonly #plan: Plan;
  #reporter: MatrixReporter | null = null;
  readonly #atWork = new Map<number, MemberAtWork>();
  readonly #interrupts;
  readonly #budgetTimer: NodeJS.Timeout;
  readonly #stopListening: () => void;
  readonly #startedAt = performance.now();
  readonly #secondsBefore: number;
  #cut: 'user' | 'budget' | 'failure' | null = null;
  readonly #told: Told[] = [];
  /** Ctrl-C while the rest is on its way to the server leaves it to `exp sync`. */
  readonly #leaveRest = new AbortController();
  #isOver = false;
  #isUnread = false;

  constructor(context: Context, matrix: MatrixFolder, options: MatrixOptions) {
    this.#context = context;
    this.#matrix = matrix;
    this.#options = options;
    this.#members = memberFolders(matrix);
    const [first] = this.#members;
    if (first === undefined) throw new RunError(`${matrix.id} has no runs`);
    this.#plan = readPlanFile(first.run.dir).plan;
    this.#secondsBefore = this.#results().seconds;
    this.#interrupts = watchInterrupts({
      stop: () => {
        if (this.#isOver) return this.#leaveRest.abort();
        if (options.kind !== 'screen')
          context.stderr.write('stopping after this step, with a checkpoint; Ctrl-C again ends it at once\n');
        this.#stop('user');
      },
      kill: () => this.#kill(),
      // Without somebody who starts the next run, a matrix cannot go on by itself.
      hangUp: () => this.#stop('user'),
    });
    this.#budgetTimer = setInterval(() => this.#watchBudget(), BUDGET_POLL_MS);
    this.#stopListening = whenUnread(() => this.#goUnread());
  }

  #goUnread(): void {
    this.#isUnread = true;
    const { id } = this.#matrix;
    this.#context.stderr.write(
      `nobody reads the lines of ${id} any more: its runs stop with a checkpoint\n  continue: exp resume ${id}\n`,
    );
    this.#stop('user');
  }

  async open(): Promise<void> {
    this.#reporter = await openMatrixReporter(this.#context, this.#options.kind, {
      matrix: this.#matrix,
      results: () => this.#results(),
      tracking: (index) => this.#atWork.get(index)?.tracker?.state() ?? null,
      onStop: this.#interrupts.press,
      onKill: () => {
        this.#cut ??= 'user';
        this.#kill();
      },
    });
  }

  async run(): Promise<void> {
    const done = new Set(this.#results().members.flatMap((result) => (isOver(result) ? [result.member.index] : [])));
    const waiting = this.#members.filter(({ member }) => !done.has(member.index));
    const room = roomFor(this.#options.jobs);
    this.#watchBudget();
    while (waiting.length > 0 || this.#atWork.size > 0) {
      const [next] = waiting;
      const running = [...this.#atWork.values()].map(({ plan }) => plan);
      const plan = next === undefined ? null : readPlanFile(next.run.dir).plan;
      if (next !== undefined && plan !== null && this.#cut === null && room.fits(plan, running)) {
        waiting.shift();
        await this.#start(next, plan);
      } else if (this.#atWork.size === 0) return;
      else await Promise.race([...this.#atWork.values()].map(({ ended }) => ended));
    }
  }

  async #start(folder: MemberFolder, plan: Plan): Promise<void> {
    const { index } = folder.member;
    const member = await attendMember(this.#context, folder.run, plan);
    const ended = member.ended.then(async () => {
      this.#atWork.delete(index);
      if (member.tracker !== null) this.#told.push({ run: folder.run, tracker: member.tracker });
      const result = this.#results().members.find((each) => each.member.index === index);
      if (result === undefined) return;
      if (!this.#isUnread) this.#reporter?.ended(result);
      if (this.#options.failFast && (result.status === 'failed' || result.status === 'killed')) this.#stop('failure');
    });
    this.#atWork.set(index, { ...member, ended });
    // A stop that came while it was being started.
    if (this.#cut !== null) member.stop();
  }

  #stop(cause: 'user' | 'budget' | 'failure'): void {
    this.#cut ??= cause;
    for (const member of this.#atWork.values()) member.stop();
  }

  #kill(): void {
    for (const member of this.#atWork.values()) member.kill();
  }

  #spentSeconds(): number {
    return this.#secondsBefore + (performance.now() - this.#startedAt) / 1000;
  }

  #watchBudget(): void {
    const limit = secondsWithin(this.#matrix.info.budget, this.#plan);
    if (this.#cut === null && this.#spentSeconds() >= limit) this.#stop('budget');
  }

  /** Tracking, the table, and what it means for the shell. */
  async conclude(): Promise<ExitCode> {
    await this.#reporter?.close();
    this.#isOver = true;
    const page = (await this.#tellRest()) ? await this.#report() : null;
    const results = this.#results();
    const { id, info } = this.#matrix;
    if (this.#isUnread) return this.#exitCode(results);
    if (this.#options.kind === 'json') this.#reporter?.concluded(results);
    else {
      const table = { id, experiment: info.experiment, results, plan: this.#plan, budget: info.budget, page };
      this.#context.stdout.write(
        `${this.#options.kind === 'quiet' ? '' : '\n'}${formatMatrix(table, this.#context.terminal)}`,
      );
    }
    const failure = this.#budgetFailure();
    if (failure !== null) printFailure(this.#context, failure);
    return this.#exitCode(results);
  }

  /**
   * A server that so many ask beside their training may be slower than a run waits for it at its end: what is left goes out
   * now that nobody trains.
   *
   * @returns false where the server is away, or the user leaves it
   */
  async #tellRest(): Promise<boolean> {
    const { signal } = this.#leaveRest;
    signal.addEventListener('abort', () => {
      for (const { tracker } of this.#told) void tracker.close();
    });
    const owing: RunFolder[] = [];
    for (const { run, tracker } of this.#told) {
      const { complete, url } = await tracker.finished;
      if (!complete && url !== null) owing.push(run);
    }
    if (owing.length === 0) return true;
    if (this.#cut === 'user' || signal.aborted) {
      this.#sayOwing(owing.length, null);
      return false;
    }
    this.#context.stderr.write('sending the rest to MLflow; Ctrl-C leaves it to `exp sync`\n');
    const { left, problem } = await syncMembers(this.#context, owing, signal);
    if (left > 0) this.#sayOwing(left, problem);
    return !signal.aborted && problem?.serverCode !== null;
  }

  #sayOwing(runs: number, problem: TrackingError | null): void {
    const why = problem === null ? '' : `: ${problem.message}`;
    const what = `${runs === 1 ? 'one run is' : `${runs} runs are`} not wholly in MLflow${why}`;
    this.#context.stderr.write(`${what}; \`exp sync ${this.#matrix.id}\` delivers the rest\n`);
  }

  /** A server that is away costs a word, not the result. */
  async #report(): Promise<string | null> {
    try {
      return await reportMatrix(this.#matrix, { env: this.#context.environment });
    } catch (error) {
      if (!(error instanceof TrackingError)) throw error;
      this.#context.stderr.write(`${error.message}; \`exp sync ${this.#matrix.id}\` delivers what is missing\n`);
      return null;
    }
  }

  #budgetFailure(): ExpError | null {
    const { budget } = this.#matrix.info;
    if (this.#cut !== 'budget' || budget === null) return null;
    return budgetSpent(spendText(spendOf(this.#spentSeconds(), this.#plan), budget), this.#matrix.id);
  }

  #exitCode({ members, trials }: MatrixResults): ExitCode {
    if (this.#cut === 'user') return EXIT.interrupted;
    if (!members.every(isOver)) return EXIT.failed;
    // A sweep looks for settings that hold; of others nobody expects it. Folds all have to hold.
    const expected = trials[0]?.members.flatMap(({ finished }) => finished?.expectations ?? []) ?? [];
    return expected.every(({ held }) => held) ? EXIT.ok : EXIT.expectation;
  }

  #results(): MatrixResults {
    return matrixResults(this.#matrix);
  }

  async close(): Promise<void> {
    await this.#reporter?.close();
    clearInterval(this.#budgetTimer);
    this.#interrupts.close();
    this.#stopListening();
  }
}
