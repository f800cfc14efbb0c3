import { readEvents } from '../../runtime/events/read.ts';

/**
 * Holds a trainer back by SIGSTOP, so that a short training lasts as long as it is meant to: it may be as many epochs ahead
 * as are allowed, and not more.
 */
export class Pacer {
  readonly #runDir: string;
  readonly #pid: number;
  #stopped = false;

  constructor(runDir: string, pid: number) {
    this.#runDir = runDir;
    this.#pid = pid;
  }

  /** @param epochs that may be done by now */
  allow(epochs: number): void {
    const done = readEvents(this.#runDir).findLast((event) => event.type === 'epoch_finished')?.epoch ?? 0;
    const stop = done > epochs;
    if (stop !== this.#stopped) this.#signal(stop ? 'SIGSTOP' : 'SIGCONT');
    this.#stopped = stop;
  }

  /** Lets it go on to its end. */
  release(): void {
    this.#signal('SIGCONT');
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      process.kill(this.#pid, signal);
    } catch {
      // It has ended.
    }
  }
}
