/** One slip each, planted in `good.exp`. */
export interface Mistake {
  readonly name: string;
  /** What stands in the good file, once, and what stands there instead. */
  readonly edit: readonly [from: string, to: string];
  readonly code: string;
  /** The text that the diagnostic points at; empty where something is missing. */
  readonly at: string;
  /** What it says to do, in its fix, its help, its label or its message. */
  readonly mention: string;
}
