import { noRun } from './open-run.ts';
import type { ShownMatrix, ShownRun } from './shown-run.ts';

/** Which run is on the screen: the only one, the one of a matrix that was chosen, or else the one that is at work. */
export class OnScreen {
  readonly #matrix: ShownMatrix | null;
  readonly #changed: () => void;
  readonly #leaveMatrix: () => void;
  #chosen: number | null = null;
  #member: number | null = null;
  #run: ShownRun = noRun();
  /** One store at a time is listened to. */
  #leaveRun: () => void = () => {};

  /** @param changed is told when there is something new to draw */
  constructor(run: ShownRun | null, matrix: ShownMatrix | null, changed: () => void) {
    this.#matrix = matrix;
    this.#changed = changed;
    this.#leaveMatrix = matrix?.subscribe(changed) ?? (() => {});
    if (run !== null) this.#show(run);
  }

  get run(): ShownRun {
    return this.#run;
  }

  /** Its number in the matrix; null for a run of its own, and before the first has started. */
  get member(): number | null {
    return this.#member;
  }

  /** Stays with this run of the matrix. */
  choose(member: number): void {
    this.#chosen = member;
    this.follow();
  }

  /** Goes over to the run that is at work now, unless one was chosen. */
  follow(): void {
    if (this.#matrix === null) return;
    const member = this.#chosen ?? this.#matrix.current();
    if (member === null || member === this.#member) return;
    this.#member = member;
    this.#show(this.#matrix.open(member));
  }

  #show(run: ShownRun): void {
    this.#run = run;
    this.#leaveRun();
    this.#leaveRun = run.store.subscribe(this.#changed);
  }

  close(): void {
    this.#leaveRun();
    this.#leaveMatrix();
  }
}
