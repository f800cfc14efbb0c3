import type { ExpectedMemory } from '../../compiler/estimate.ts';
import type { Budget, PlanFile } from '../../compiler/plan/schema.ts';
import type { Preview } from '../../runtime/previews/read.ts';
import type { ControlRequest } from '../../runtime/run/control.ts';
import type { MatrixResults } from '../../runtime/run/matrix-results.ts';
import type { TrackingState } from '../../runtime/tracking/tracker.ts';
import type { RunStore } from './run-store.ts';

/** One run as the screen knows it: where it reads, and whom it asks. */
export interface ShownRun {
  readonly store: RunStore;
  /** Null where a test has none. */
  readonly planFile: PlanFile | null;
  readonly budget: Budget | null;
  /** As `exp plan` says it; null where there is no plan. */
  readonly memory: ExpectedMemory | null;
  /** Null where nobody here delivers: a run that is only watched, or one without tracking. */
  readonly tracking: () => TrackingState | null;
  readonly previews: PreviewShelf;
  readonly ask: (request: ControlRequest) => void;
}

/** The validation cases that a run has previews of. */
export interface PreviewShelf {
  readonly cases: () => readonly string[];
  /** The latest validation's; null while there is none. */
  readonly read: (caseId: string) => Preview | null;
}

/** The runs of a sweep or of folds. */
export interface ShownMatrix {
  readonly id: string;
  readonly experiment: string;
  readonly results: () => MatrixResults;
  readonly budget: Budget | null;
  readonly pricePerHourUsd: number | null;
  /** The run that is at work, or the latest one; null before the first has started. */
  readonly current: () => number | null;
  /** A run by its number. */
  readonly open: (index: number) => ShownRun;
  /** Calls back after changes. @returns how to end that */
  readonly subscribe: (listener: () => void) => () => void;
}
