import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { flattenPlan } from '../../compiler/plan/flatten.ts';
import { readEvents } from '../../runtime/events/read.ts';
import { readPlanFile } from '../../runtime/run/run-folder.ts';
import type { MlflowClient } from '../../runtime/tracking/mlflow-client.ts';
import type { MlflowRun } from '../../runtime/tracking/mlflow-schema.ts';

/** What is in MLflow of a run, held against the run folder by REST alone: neither journal nor translator is believed. */
export interface Audit {
  readonly status: string;
  readonly epochRows: number;
  readonly otherRows: number;
  readonly params: number;
  readonly artifacts: number;
  /** Each thing that is missing, twice there, or another one. */
  readonly faults: readonly string[];
}

/** All runs of an experiment on the server. */
export async function runsOf(client: MlflowClient, experiment: string): Promise<readonly MlflowRun[]> {
  const found = await client.experimentByName(experiment);
  return found === null ? [] : await client.searchRuns({ experimentIds: [found.experiment_id], filter: '' });
}

export async function audit(client: MlflowClient, run: MlflowRun, runDir: string): Promise<Audit> {
  const metrics = await auditMetrics(client, run, runDir);
  const params = auditParams(run, runDir);
  const artifacts = await auditArtifacts(client, run, runDir);
  return {
    ...metrics,
    ...params,
    ...artifacts,
    status: run.info.status,
    faults: [...metrics.faults, ...params.faults, ...artifacts.faults],
  };
}

/** Every value of an epoch or a validation exactly once at its step; of every other series no step twice. */
async function auditMetrics(client: MlflowClient, run: MlflowRun, runDir: string) {
  const expected = new Map<string, Map<number, number>>();
  for (const event of readEvents(runDir)) {
    if (event.type !== 'epoch_finished' && event.type !== 'validation_finished') continue;
    for (const [name, value] of Object.entries(event.metrics))
      expected.set(name, (expected.get(name) ?? new Map()).set(event.step, value));
  }
  const faults: string[] = [];
  let [epochRows, otherRows] = [0, 0];
  const keys = new Set([...expected.keys(), ...run.data.metrics.map(({ key }) => key)]);
  for (const key of keys) {
    const rows = await client.metricHistory(run.info.run_id, key);
    const seen = new Map<number, number>();
    const wanted = expected.get(key);
    for (const { step, value } of rows) {
      if (seen.has(step)) faults.push(`${key} has step ${step} twice`);
      seen.set(step, value);
      if (wanted !== undefined && wanted.get(step) !== value)
        faults.push(`${key} is ${value} at step ${step}, not ${wanted.get(step)}`);
    }
    for (const step of wanted?.keys() ?? []) if (!seen.has(step)) faults.push(`${key} lacks step ${step}`);
    if (wanted === undefined) otherRows += rows.length;
    else epochRows += rows.length;
  }
  return { epochRows, otherRows, faults };
}

function auditParams(run: MlflowRun, runDir: string) {
  const wanted = flattenPlan(readPlanFile(runDir).plan);
  const there = new Map(run.data.params.map(({ key, value }) => [key, value]));
  const faults = [...wanted]
    .filter(([key, value]) => there.get(key) !== value)
    .map(([key]) => `the parameter ${key} is ${there.get(key) ?? 'missing'}`);
  return { params: there.size, faults };
}

/** What a run of any kind must have brought: plan, source, the best checkpoint; and all that is there is whole. */
async function auditArtifacts(client: MlflowClient, run: MlflowRun, runDir: string) {
  const faults: string[] = [];
  const there = new Set<string>();
  const walk = async (path: string | null): Promise<void> => {
    for (const file of await client.listArtifacts(run.info.run_id, path)) {
      if (file.is_dir) await walk(file.path);
      else if (there.has(file.path)) faults.push(`the artifact ${file.path} is there twice`);
      else there.add(file.path);
    }
  };
  await walk(null);
  const wanted = ['plan.json', 'source.exp', ...readdirSync(join(runDir, 'checkpoints/best')).map(inBest)];
  for (const path of wanted) if (!there.has(path)) faults.push(`the artifact ${path} is missing`);
  for (const path of there) {
    const local = join(runDir, path);
    if (statSync(local, { throwIfNoEntry: false })?.isFile() !== true) continue;
    const bytes = await client.downloadArtifact(run.info.artifact_uri, path);
    if (hashOf(bytes) !== hashOf(readFileSync(local))) faults.push(`the artifact ${path} has other bytes`);
  }
  return { artifacts: there.size, faults };
}

function inBest(name: string): string {
  return `checkpoints/best/${name}`;
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
