import type { OpAttributes, OpName, Schedule, Shape, TensorType } from '../../compiler/graph/types.ts';

/** What a kernel knows about its node before anything runs: shapes are static. */
export interface NodeSite<O extends OpName> {
  readonly attributes: OpAttributes[O];
  readonly inputs: readonly TensorType[];
  readonly outputs: readonly TensorType[];
}

/** Runs one node. The inputs stay the executor's (but for the ones the op consumes), and the array is reused: do not keep it. */
export type Step<T> = (inputs: readonly T[]) => readonly T[];

/**
 * Runs a schedule on its inputs, and gives its outputs as new tensors: both in the graph's order.
 *
 * @param consumed is told which inputs are gone, by position
 */
export type RunSchedule<T> = (inputs: readonly T[], consumed: (input: number) => void) => readonly T[];

/** How many of its first inputs an op consumes: their memory becomes that of its outputs. */
export const CONSUMED_INPUTS: { readonly [O in OpName]?: number } = { adamw: 3, sgd: 2, movingAverage: 1 };

/** A tensor library as the executor needs it, with tensors of type `T`. */
export interface Backend<T> {
  /** Prepares a node, once for each schedule. */
  prepare<O extends OpName>(op: O, site: NodeSite<O>): Step<T>;
  /** Prepares a schedule that consumes no input to be run as a whole; null where that gains nothing, or cannot be. */
  prepareWhole(schedule: Schedule): RunSchedule<T> | null;
  /** Copies values in. */
  upload(data: Float32Array | Int32Array, shape: Shape): T;
  download(tensor: T): Promise<Float32Array | Int32Array>;
  /** A second tensor of the same values; each is freed by itself. */
  alias(tensor: T): T;
  free(tensor: T): void;
  /** Runs `body`; if it throws, frees every tensor that was made in it. */
  attempt<R>(body: () => R): R;
  memory(): { readonly tensors: number; readonly bytes: number; readonly peakBytes: number };
  close(): void;
}
