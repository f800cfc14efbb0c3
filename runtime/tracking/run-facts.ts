import { createHash } from 'node:crypto';
import type { Plan, PlanFile } from '../../compiler/plan/schema.ts';
import { IMPORTS_FOLDER, PLAN_FILE, type RunInfo, SOURCE_FILE } from '../run/run-folder.ts';
import { MLFLOW_LIMITS } from './log-batch.ts';
import type { ModelFacts } from './logged-model.ts';
import type { MlflowKeyValue } from './mlflow-schema.ts';
import type { Provenance } from './provenance.ts';
import { type RunFacts, toKeyValues } from './translate.ts';

/** The tag by which a run finds itself again on the server. */
export const RUN_KEY_TAG = 'exp.run_key';

/** `optimizer.learning_rate` → `0.0001`, for each value of a plan. */
export type FlattenPlan = (plan: Plan) => Iterable<readonly [key: string, value: string]>;

/** What a run is called on the server. */
export interface RunIdentity {
  readonly experiment: string;
  readonly runName: string;
  /** Milliseconds since the Unix epoch. */
  readonly startTime: number;
  /** Given with the creation itself, in one request, so that a run on the server always has its key. */
  readonly tags: readonly MlflowKeyValue[];
  readonly key: string;
}

export function runIdentity(info: RunInfo, planFile: PlanFile): RunIdentity {
  const key = runKey(info);
  return {
    experiment: planFile.plan.track?.experiment ?? planFile.plan.experiment.name,
    runName: info.runId,
    startTime: info.createdAt,
    tags: [
      { key: RUN_KEY_TAG, value: key },
      { key: 'exp.run_id', value: info.runId },
    ],
    key,
  };
}

export function runFacts(
  info: RunInfo,
  planFile: PlanFile,
  provenance: Provenance,
  flatten: FlattenPlan,
): Omit<RunFacts, 'changesBetween'> {
  const { plan, planId } = planFile;
  const { git, user } = provenance;
  const tags: Record<string, string | null> = {
    'exp.plan_id': planId,
    'exp.profile': info.profile,
    'exp.group': info.group,
    'mlflow.user': user,
    'mlflow.source.name': info.sourcePath,
    'mlflow.source.type': 'LOCAL',
    'mlflow.source.git.commit': git?.commit ?? null,
    'mlflow.source.git.branch': git?.branch ?? null,
    'mlflow.source.git.repoURL': git?.repository ?? null,
    'mlflow.source.git.dirty': git === null ? null : String(git.dirty),
    'mlflow.note.content': plan.experiment.description,
  };
  return {
    params: toKeyValues(Object.fromEntries(flatten(plan)), MLFLOW_LIMITS.paramValueLength),
    tags: toKeyValues(withoutNulls(tags), MLFLOW_LIMITS.tagValueLength),
    planId,
    cases: plan.track?.cases ?? true,
    model: modelFacts(info, plan, flatten),
    artifacts: [PLAN_FILE, SOURCE_FILE, ...(info.imports.length > 0 ? [IMPORTS_FOLDER] : [])],
  };
}

/** Settings of the network and of how it was trained, without those of the machine. */
const MODEL_PARAMS = /^(model|patch|sampling|loss|optimizer|inference|postprocess)\b/;

/** A run of a sweep or of folds registers nothing by itself: the best of them is registered when all have ended. */
function modelFacts(info: RunInfo, plan: Plan, flatten: FlattenPlan): ModelFacts {
  const params = [...flatten(plan)].filter(([path]) => MODEL_PARAMS.test(path)).slice(0, MLFLOW_LIMITS.paramsPerBatch);
  const isAlone = info.group === null;
  return {
    name: modelName(plan.experiment.name),
    network: plan.model.name,
    params: toKeyValues(Object.fromEntries(params), MLFLOW_LIMITS.paramValueLength),
    register: isAlone ? (plan.track?.register ?? null) : null,
    alias: isAlone ? (plan.track?.alias ?? null) : null,
  };
}

/** @see mlflow/utils/validation.py, `_validate_logged_model_name` */
function modelName(experiment: string): string {
  return experiment.replace(/[/:.%"']/g, '-');
}

/** Run ids have four random digits: two machines can make the same one, hardly in the same millisecond. */
function runKey(info: RunInfo): string {
  return createHash('sha256').update(`${info.runId}\n${info.planId}\n${info.createdAt}`).digest('hex').slice(0, 32);
}

function withoutNulls(values: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null));
}
