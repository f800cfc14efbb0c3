import { flattenPlan } from '../../compiler/plan/flatten.ts';
import type { WatchedMetric } from '../../compiler/plan/schema.ts';
import { stateOfRun } from '../events/accumulate.ts';
import { countedSeries } from '../events/best-point.ts';
import { readEvents } from '../events/read.ts';
import { type MetricPoint, workedSeconds } from '../events/run-state.ts';
import { measuredCases } from '../results/write-results.ts';
import { type RunFolder, readPlanFile } from '../run/run-folder.ts';
import { statusOf } from '../run/run-status.ts';

/** By subject, then by metric. */
export type MeasuredCases = ReadonlyMap<string, Readonly<Record<string, number>>>;

/** A run with what a comparison needs of it, whether it lies here or on an MLflow server. */
export interface ComparedRun {
  /** Of a run that exp started; else the name that the server knows. */
  readonly id: string;
  /** Absolute; null of a run that only a server has. */
  readonly folder: string | null;
  readonly profile: string | null;
  readonly status: string;
  readonly epoch: number;
  /** Of training; null where nobody counted. */
  readonly seconds: number | null;
  /** Its plan as `flattenPlan` writes it; on a server, its parameters. */
  readonly settings: ReadonlyMap<string, string>;
  /** What its best epoch is about. */
  readonly watch: WatchedMetric;
  readonly best: MetricPoint | null;
  /** What the data call the classes, background first; empty where that is not known. */
  readonly classes: readonly string[];
  /** By name (`train.loss`, `val.dice`), in order of epochs; without validations that somebody asked for. */
  readonly metrics: Readonly<Record<string, readonly MetricPoint[]>>;
  /** Metrics of single cases: of the predictions at the end, and before them of the best validation. */
  readonly cases: MeasuredCases;
  /** Where a server has it; null where none is known to. */
  readonly remote: RemoteRun | null;
}

export interface RemoteRun {
  readonly uri: string;
  readonly experimentId: string;
  readonly runId: string;
}

/** @throws RunError when the folder holds no plan or no events can be read */
export function openComparedRun({ id, dir, info }: RunFolder, remote: RemoteRun | null = null): ComparedRun {
  const events = readEvents(dir);
  const { plan } = readPlanFile(dir);
  const state = stateOfRun(events, plan.schedule.keepBest);
  return {
    id,
    folder: dir,
    profile: info.profile,
    status: statusOf(state, dir),
    epoch: state.epoch,
    seconds: workedSeconds(state, state.updatedAt ?? 0),
    settings: flattenPlan(plan),
    watch: state.watch,
    best: state.best,
    classes: state.data?.classes ?? [],
    metrics: countedSeries(state.metrics),
    cases: new Map(measuredCases(events, state.best?.epoch ?? null).map(({ subject, metrics }) => [subject, metrics])),
    remote,
  };
}
