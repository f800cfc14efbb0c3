import type { PlanIntensity } from '../../../compiler/plan/schema.ts';
import { excludeLine, type MissingCase } from '../layouts/found-dataset.ts';
import type { GridSettings } from '../trained-size.ts';
import type { Split, Vec3 } from '../types.ts';
import type { CaseSurvey } from './survey.ts';

/** Something about a data set that spoils trainings. An error makes the training wrong or impossible, a warning may. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** In a word or two, as the table's column says it: `grid`, `empty label`. */
  readonly kind: string;
  /** Ids of the cases that it is about; empty where it is a file outside of all cases. */
  readonly cases: readonly string[];
  readonly message: string;
}

/** All that rules may look at. What only an experiment says is null for a bare folder. */
export interface CheckedDataset {
  readonly surveys: readonly CaseSurvey[];
  readonly missing: readonly MissingCase[];
  readonly unused: readonly string[];
  /** Label values that may occur, background included; null where nobody says. */
  readonly labels: ReadonlySet<number> | null;
  /** Label values that stand for classes of the model; some case has to have each. */
  readonly taught: readonly number[];
  readonly split: Split | null;
  readonly patch: Vec3 | null;
  /** Of the model. */
  readonly channels: number | null;
  /** What volumes are turned and resampled to before training; null where they are trained on as they lie. */
  readonly grid: GridSettings;
  readonly intensity: PlanIntensity | null;
}

/** One rule: looks at the whole data set, since most faults show against the other cases only. */
export type DataRule = (dataset: CheckedDataset) => readonly Finding[];

/** What to do about cases that no training can use, beside mending them. */
export function orLeaveOut(ids: readonly string[]): string {
  return `; mend it, or leave it out: \`${excludeLine(ids)}\``;
}
