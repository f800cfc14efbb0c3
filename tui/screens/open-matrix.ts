import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { accumulateRun, type RunAccumulator } from '../../runtime/events/accumulate.ts';
import { readEvents } from '../../runtime/events/read.ts';
import type { RunState } from '../../runtime/events/run-state.ts';
import type { RunEvent } from '../../runtime/events/schema.ts';
import { Tail } from '../../runtime/events/tail.ts';
import { EVENTS_FILE } from '../../runtime/events/write.ts';
import {
  type MatrixFolder,
  type MemberFolder,
  memberFolders,
  readMatrixFile,
} from '../../runtime/run/matrix-folder.ts';
import { type MatrixResults, type MemberResult, memberResult, rankMembers } from '../../runtime/run/matrix-results.ts';
import { readPlanFile } from '../../runtime/run/run-folder.ts';
import type { Attempt } from '../../runtime/run/spend.ts';
import type { TrackingState } from '../../runtime/tracking/tracker.ts';
import { openShownRun } from './open-run.ts';
import type { ShownMatrix, ShownRun } from './shown-run.ts';

/** A matrix that is looked at while its runs go on, whoever runs them. */
export interface MatrixWatch extends ShownMatrix {
  /** Whether all of its runs have come to their end. */
  readonly isOver: () => boolean;
  /** Settles when everything that had happened before is known. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

const POLL_MS = 500;
/** Runs that have not started are looked for in their order: so many of them each time. */
const LOOKED_AHEAD = 32;

/** @param tracking of a run by its number, where this process delivers it */
export function openShownMatrix(
  folder: MatrixFolder,
  tracking: (index: number) => TrackingState | null = () => null,
): MatrixWatch {
  const { rankedBy } = readMatrixFile(folder).matrix;
  const members = memberFolders(folder).map((each) => new FollowedMember(each, accumulateRun(rankedBy)));
  const [first] = members;
  const plan = first === undefined ? null : readPlanFile(first.folder.run.dir).plan;
  const listeners = new Set<() => void>();
  let results: MatrixResults | null = null;
  let current: number | null = null;
  let polling: Promise<void> = Promise.resolve();

  const poll = async () => {
    let ahead = LOOKED_AHEAD;
    let changed = false;
    for (const member of members) {
      if (!member.hasStarted && ahead-- <= 0) continue;
      if (!(await member.read())) continue;
      changed = true;
      if (member.state.finished === null) current = member.folder.member.index;
      current ??= member.folder.member.index;
    }
    if (!changed) return;
    results = null;
    for (const listener of listeners) listener();
  };
  const ready = poll();
  const timer = setInterval(() => {
    polling = polling.then(poll);
  }, POLL_MS);
  timer.unref();

  return {
    id: folder.id,
    experiment: folder.info.experiment,
    budget: folder.info.budget,
    pricePerHourUsd: plan?.environment.pricePerHourUsd ?? null,
    results: () => {
      results ??= rankMembers(
        members.map((member) => member.result()),
        rankedBy,
      );
      return results;
    },
    current: () => current,
    open: (index) => {
      const member = members.find(({ folder: { member: each } }) => each.index === index);
      if (member === undefined) throw new RangeError(`run ${index} of ${members.length}`);
      return member.shown(() => tracking(index));
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    isOver: () => members.every(({ state }) => state.finished !== null),
    ready,
    close: async () => {
      clearInterval(timer);
      await polling;
      for (const member of members) await member.close();
    },
  };
}

/** One run, followed by its record. The file is open only while the run is at work: a sweep may have thousands. */
class FollowedMember {
  readonly folder: MemberFolder;
  readonly #run: RunAccumulator;
  readonly #attempts: { readonly from: number; to: number }[] = [];
  readonly #path: string;
  #lastSequence = -1;
  #shown: ShownRun | null = null;
  readonly #tail: Tail;
  #endedAtSize: number | null = null;

  constructor(folder: MemberFolder, run: RunAccumulator) {
    this.folder = folder;
    this.#run = run;
    this.#path = join(folder.run.dir, EVENTS_FILE);
    this.#tail = new Tail(this.#path);
  }

  get state(): RunState {
    return this.#run.current();
  }

  get hasStarted(): boolean {
    return this.#attempts.length > 0;
  }

  /** @returns whether there was something new */
  async read(): Promise<boolean> {
    if (this.#endedAtSize !== null && statSync(this.#path, { throwIfNoEntry: false })?.size === this.#endedAtSize)
      return false;
    if (!this.hasStarted && !existsSync(this.#path)) return false;
    const events = await this.#tail.read();
    for (const event of events) this.#take(event);
    if (this.state.finished !== null) {
      this.#endedAtSize = this.#tail.position;
      await this.#tail.close();
    }
    return events.length > 0;
  }

  #take(event: RunEvent): void {
    const latest = this.#attempts.at(-1);
    if (event.type === 'run_started' || latest === undefined) this.#attempts.push({ from: event.time, to: event.time });
    else latest.to = Math.max(latest.to, event.time);
    this.#run.apply(event);
    this.#shown?.store.apply(event);
    this.#lastSequence = event.sequence;
  }

  result(): MemberResult {
    const attempts: readonly Attempt[] = this.#attempts;
    return memberResult(this.folder, this.state, attempts);
  }

  /** Made when it is looked at first, from the record as far as it is known here. */
  shown(tracking: ShownRun['tracking']): ShownRun {
    if (this.#shown !== null) return this.#shown;
    const shown = openShownRun(this.folder.run, readPlanFile(this.folder.run.dir), tracking);
    for (const event of readEvents(this.folder.run.dir))
      if (event.sequence <= this.#lastSequence) shown.store.apply(event);
    this.#shown = shown;
    return shown;
  }

  async close(): Promise<void> {
    await this.#tail.close();
  }
}
