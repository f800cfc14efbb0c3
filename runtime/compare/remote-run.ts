import type { WatchedMetric } from '../../compiler/plan/schema.ts';
import { RunError } from '../errors.ts';
import { bestPoint } from '../events/best-point.ts';
import type { MetricPoint } from '../events/run-state.ts';
import { readCasesJson } from '../results/case-table.ts';
import { CASES_FILE, RESULTS_FOLDER } from '../results/files.ts';
import type { MlflowClient } from '../tracking/mlflow-client.ts';
import type { MlflowMetric, MlflowRun } from '../tracking/mlflow-schema.ts';
import { hasServerCode } from '../tracking/server-code.ts';
import type { ComparedRun, MeasuredCases } from './compared-run.ts';

/** Runs that a server knows, exp's own and those of others: metrics are read point by point, parameters as the plan. */

/** What a run tells beside its epochs: single steps, the machine, copies of values that stand elsewhere. */
const NOT_OF_EPOCHS = /^(system\/|step\.|best\.|runs\.)|^epoch$|[._]seconds$/;
const HISTORIES_AT_ONCE = 8;

export type DirectionOf = (metric: string) => 'max' | 'min';

/**
 * @param directionOf for runs that do not say by which metric their best epoch is chosen
 * @throws TrackingError
 */
export async function openRemoteRun(
  client: MlflowClient,
  run: MlflowRun,
  directionOf: DirectionOf,
): Promise<ComparedRun> {
  const { info } = run;
  const { run_id: runId, experiment_id: experimentId } = info;
  const settings = new Map(run.data.params.map(({ key, value }) => [key, value]));
  const tags = tagsOf(run);
  const names = run.data.metrics.map(({ key }) => key);
  const epochAt = epochsByStep(names.includes('epoch') ? await client.metricHistory(runId, 'epoch') : []);
  const metrics: Record<string, readonly MetricPoint[]> = {};
  const wanted = names.filter((name) => !NOT_OF_EPOCHS.test(name)).sort();
  for (let start = 0; start < wanted.length; start += HISTORIES_AT_ONCE) {
    const some = wanted.slice(start, start + HISTORIES_AT_ONCE);
    const histories = await Promise.all(some.map((name) => client.metricHistory(runId, name)));
    for (const [index, name] of some.entries()) metrics[name] = pointsOf(histories[index] ?? [], epochAt);
  }
  const watch = watchedOf(settings, metrics, directionOf);
  return {
    id: tags.get('exp.run_id') ?? (info.run_name === '' ? runId : info.run_name),
    folder: null,
    profile: tags.get('exp.profile') ?? null,
    status: tags.get('exp.status') ?? info.status.toLowerCase(),
    epoch: Math.max(0, ...Object.values(metrics).flatMap((points) => points.at(-1)?.epoch ?? 0)),
    seconds: info.start_time == null || info.end_time == null ? null : (info.end_time - info.start_time) / 1000,
    settings,
    watch,
    best: bestPoint(metrics, watch.metric, watch.mode),
    classes: [],
    metrics,
    cases: await casesOf(client, run),
    remote: { uri: client.uri, experimentId, runId },
  };
}

/** @throws RunError when the server has none of this id */
export async function remoteRunById(client: MlflowClient, runId: string): Promise<MlflowRun> {
  try {
    return await client.getRun(runId);
  } catch (error) {
    if (!hasServerCode(error, 'RESOURCE_DOES_NOT_EXIST') && !hasServerCode(error, 'INVALID_PARAMETER_VALUE'))
      throw error;
    throw new RunError(`${client.uri} has no run with the id ${runId}`, {
      help: 'the id stands in the address of its page, behind `/runs/`; a name needs `--experiment NAME`',
    });
  }
}

/** The newest run of this name in an experiment. @throws RunError when there is none */
export async function remoteRunByName(client: MlflowClient, experiment: string, name: string): Promise<MlflowRun> {
  const found = await client.experimentByName(experiment);
  if (found === null) {
    throw new RunError(`${client.uri} has no experiment ${experiment}`, { help: 'its page lists the experiments' });
  }
  const [run] = await client.searchRuns({
    experimentIds: [found.experiment_id],
    filter: `attributes.run_name = '${name.replaceAll("'", "\\'")}'`,
    orderBy: ['attributes.start_time DESC'],
    maxResults: 1,
  });
  if (run !== undefined) return run;
  throw new RunError(`the experiment ${experiment} at ${client.uri} has no run ${name}`, {
    help: 'write its whole name, or its id as mlflow:RUN_ID',
  });
}

/** The runs below a parent, in the order of their start. */
export async function childrenOf(client: MlflowClient, parent: MlflowRun): Promise<readonly MlflowRun[]> {
  return await client.searchRuns({
    experimentIds: [parent.info.experiment_id],
    filter: `tags.\`mlflow.parentRunId\` = '${parent.info.run_id}'`,
    orderBy: ['attributes.start_time ASC', 'attributes.run_name ASC'],
  });
}

export function tagsOf({ data }: MlflowRun): ReadonlyMap<string, string> {
  return new Map(data.tags.map(({ key, value }) => [key, value]));
}

/** exp tells the epoch as a metric over the steps; others log one row an epoch, with the epoch as its step. */
function epochsByStep(history: readonly MlflowMetric[]): (step: number) => number {
  const epochs = new Map(history.map(({ step, value }) => [step, value]));
  return (step) => epochs.get(step) ?? step;
}

function pointsOf(history: readonly MlflowMetric[], epochAt: (step: number) => number): readonly MetricPoint[] {
  const byStep = new Map(history.map(({ step, value }) => [step, { epoch: epochAt(step), step, value }]));
  return [...byStep.values()].sort((a, b) => a.step - b.step);
}

function watchedOf(
  settings: ReadonlyMap<string, string>,
  metrics: ComparedRun['metrics'],
  directionOf: DirectionOf,
): WatchedMetric {
  const told = settings.get('schedule.keep_best.metric');
  if (told !== undefined)
    return { metric: told, mode: settings.get('schedule.keep_best.mode') === 'min' ? 'min' : 'max' };
  const names = Object.keys(metrics);
  const metric =
    names.find((name) => /val.*dice/i.test(name)) ?? names.find((name) => /val/i.test(name)) ?? names[0] ?? '';
  return { metric, mode: directionOf(metric) };
}

/** The table that exp leaves among the artifacts; other runs have none. */
async function casesOf(client: MlflowClient, { info }: MlflowRun): Promise<MeasuredCases> {
  try {
    const path = `${RESULTS_FOLDER}/${CASES_FILE}`;
    const files = await client.listArtifacts(info.run_id, RESULTS_FOLDER);
    if (!files.some((file) => file.path === path)) return new Map();
    const bytes = await client.downloadArtifact(info.artifact_uri, path);
    return readCasesJson(bytes.toString('utf8'));
  } catch {
    // A store that cannot be read from here must not keep the rest of the comparison back.
    return new Map();
  }
}
