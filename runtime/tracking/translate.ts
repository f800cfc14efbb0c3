import { assertNever } from '../../dsl/assert-never.ts';
import { isComplete } from '../events/run-state.ts';
import type { RunEvent, RunEventOf } from '../events/schema.ts';
import { isOfTest } from '../metrics/table.ts';
import { CASES_FILE, CURVES_FILE, RESULTS_FOLDER } from '../results/files.ts';
import { datasetInputs } from './dataset-inputs.ts';
import type { Delivery, DeliveryBody } from './delivery.ts';
import { MLFLOW_LIMITS, mlflowKey, truncate } from './log-batch.ts';
import type { ModelFacts } from './logged-model.ts';
import type { MlflowKeyValue, MlflowMetric, MlflowRunStatus } from './mlflow-schema.ts';
import { systemMetrics } from './system-metrics.ts';
import { keepsSample, keepsStep } from './thinning.ts';

/** What goes to the server once, at the start of the run. */
export interface RunFacts {
  /** The flattened plan. */
  readonly params: readonly MlflowKeyValue[];
  readonly tags: readonly MlflowKeyValue[];
  /** Files of the run folder, relative to it, that go out anew under another plan. */
  readonly artifacts: readonly string[];
  readonly planId: string;
  /** Whether tables and pictures of cases go there; else nothing that names a subject does. */
  readonly cases: boolean;
  /** What its best weights are as a model; null where they stay at home. */
  readonly model: ModelFacts | null;
  /** In words what differs between two plans of the run, by their ids. */
  readonly changesBetween: (earlierId: string, laterId: string) => string;
}

const STATUS_OF = {
  completed: 'FINISHED',
  early_stopped: 'FINISHED',
  stopped_early: 'FINISHED',
  stopped: 'KILLED',
  failed: 'FAILED',
  killed: 'KILLED',
} as const satisfies Record<RunEventOf<'run_finished'>['status'], MlflowRunStatus>;

/** By it MLflow's page finds the tables among the artifacts that it shows under "Evaluations". */
const CASES_TAG = {
  // Spaced as Python writes it: `mlflow.load_table` searches for this text.
  'mlflow.loggedArtifacts': `[{"path": "${RESULTS_FOLDER}/${CASES_FILE}", "type": "table"}]`,
};

/** MLflow keeps parameters as they were first told. */
const PARAMS_NOTE =
  'of the first plan; exp.plan_changes says what changed since, plan.json among the artifacts is the latest plan';

/**
 * The record of a run as what MLflow is to be told: a fold over the events, the same for a live run and a later sync.
 *
 * The x axis of every metric is the step over the whole run, and `epoch` is a metric beside the others, as Lightning does.
 * A resumed run repeats the steps since its checkpoint bit for bit; repeated ones are passed over.
 */
export class Translator {
  readonly #facts: RunFacts;
  #introduced = false;
  /** Of the latest attempt. */
  #planId: string | null = null;
  readonly #turns: string[] = [];
  #totalSteps: number | null = null;
  #lastStep = 0;
  #lastEpoch = 0;
  #lastValidation = 0;
  #systemSamples = 0;
  /** Step of the latest row of each metric of epochs and validations. */
  readonly #told = new Map<string, number>();
  #hasFailed = false;
  #best: RunEventOf<'checkpoint'> | null = null;
  #last: RunEventOf<'checkpoint'> | null = null;
  /** What was told of the validation that the best weights come from. */
  #bestRows: readonly MlflowMetric[] = [];

  constructor(facts: RunFacts) {
    this.#facts = facts;
  }

  translate(event: RunEvent): readonly Delivery[] {
    const bodies = [...this.#introduction(), ...this.#bodies(event)];
    return bodies.map((body) => ({ ...body, sequence: event.sequence, time: event.time }));
  }

  /** Before the first event, whichever it is: a trainer that dies at once leaves nothing but its end. */
  #introduction(): readonly DeliveryBody[] {
    if (this.#introduced) return [];
    this.#introduced = true;
    return [
      { kind: 'params', params: this.#facts.params },
      { kind: 'tags', tags: this.#facts.tags },
      ...this.#facts.artifacts.map((path): DeliveryBody => ({ kind: 'artifact', path, version: this.#facts.planId })),
    ];
  }

  #bodies(event: RunEvent): readonly DeliveryBody[] {
    switch (event.type) {
      case 'run_started':
        return this.#started(event);
      case 'engine':
        return [tags({ 'exp.engine': event.backend, 'exp.engine_version': event.version, 'exp.device': event.device })];
      case 'data':
        this.#totalSteps = event.stepsPerEpoch * event.epochs;
        return [
          { kind: 'inputs', inputs: datasetInputs(event) },
          tags({ 'exp.steps_per_epoch': String(event.stepsPerEpoch) }),
        ];
      case 'model':
        return [tags({ 'exp.model_parameters': String(event.parameters) })];
      case 'weights':
        return [tags({ 'exp.weights': event.path, 'exp.weights_sha256': event.sha256 })];
      case 'step':
        return this.#step(event);
      case 'step_skipped':
        return this.#measured(event, { 'train.skipped_steps': event.skipped });
      case 'epoch_finished':
        if (event.epoch <= this.#lastEpoch) return [];
        this.#lastEpoch = event.epoch;
        return this.#measured(event, { ...event.metrics, epoch: event.epoch, 'train.epoch_seconds': event.seconds });
      case 'validation_finished':
        // One more, at a moment that somebody chose, would not fit into the row of the others.
        if (event.asked || event.epoch <= this.#lastValidation) return [];
        this.#lastValidation = event.epoch;
        if (event.best) this.#bestRows = rowsOf(event, event.step, event.metrics);
        return this.#measured(event, { ...event.metrics, 'val.seconds': event.seconds });
      case 'checkpoint':
        if (event.kind === 'best') this.#best = event;
        else this.#last = event;
        return [];
      case 'rung': {
        const { epoch, runs, better, goesOn } = event;
        const told = `${goesOn ? 'goes on' : 'held back'} after epoch ${epoch}: ${better} of ${runs - 1} others better`;
        return [tags({ 'exp.halving': told })];
      }
      case 'prediction':
        // Pictures are few and small; the label maps stay on disk.
        return event.overview === null || !this.#facts.cases ? [] : [artifact(event.overview, String(event.sequence))];
      case 'system':
        return this.#system(event);
      case 'run_finished':
        return this.#finished(event);
      // Told by what they lead to (an epoch's metrics, the final status), or too many for the server: they stay in the record.
      case 'epoch_started':
      case 'paused':
      case 'continued':
      case 'validation_started':
      case 'validation_case':
      case 'log':
        return [];
      default:
        return assertNever(event);
    }
  }

  #started(event: RunEventOf<'run_started'>): readonly DeliveryBody[] {
    const { host, planId, resumedFromStep } = event;
    const resumed: Record<string, string> =
      resumedFromStep === null ? {} : { 'exp.resumed_from_step': String(resumedFromStep), 'exp.plan_id': planId };
    return [
      { kind: 'status', status: 'RUNNING', endTime: null },
      tags({ 'exp.host': host, ...resumed, ...this.#turned(event) }),
    ];
  }

  /** Parameters are written once, so that tags say with what else a run went on. */
  #turned({ planId, resumedFromStep }: RunEventOf<'run_started'>): Readonly<Record<string, string>> {
    const before = this.#planId;
    this.#planId = planId;
    if (before === null || before === planId) return {};
    this.#turns.push(`after step ${resumedFromStep ?? 0}: ${this.#facts.changesBetween(before, planId)}`);
    return { 'exp.plan_id': planId, 'exp.plan_changes': this.#turns.join('; '), 'exp.params': PARAMS_NOTE };
  }

  #step(event: RunEventOf<'step'>): readonly DeliveryBody[] {
    if (event.step <= this.#lastStep) return [];
    this.#lastStep = event.step;
    if (!keepsStep(event.step, this.#totalSteps)) return [];
    const { loss, learningRate, gradientNorm, seconds, waitSeconds } = event;
    const values = {
      'step.loss': loss,
      'step.learning_rate': learningRate,
      ...(gradientNorm === null ? {} : { 'step.gradient_norm': gradientNorm }),
      'step.seconds': seconds,
      'step.wait_seconds': waitSeconds,
    };
    return [metrics(event, event.step, values)];
  }

  /** The last word of a run repeats the metrics of its last epoch: a row that stands there already is not added again. */
  #measured(
    event: RunEventOf<'step_skipped' | 'epoch_finished' | 'validation_finished' | 'run_finished'>,
    values: Readonly<Record<string, number>>,
  ): readonly DeliveryBody[] {
    const fresh = Object.entries(values).filter(([name]) => this.#told.get(name) !== event.step);
    for (const [name] of fresh) this.#told.set(name, event.step);
    return fresh.length === 0 ? [] : [metrics(event, event.step, Object.fromEntries(fresh))];
  }

  /** MLflow plots system metrics over their own sample count. */
  #system(event: RunEventOf<'system'>): readonly DeliveryBody[] {
    const index = this.#systemSamples;
    this.#systemSamples += 1;
    if (!keepsSample(index)) return [];
    const values = systemMetrics(event);
    return [metrics(event, index, values)];
  }

  #finished(event: RunEventOf<'run_finished'>): readonly DeliveryBody[] {
    const { best, error } = event;
    const kept = this.#best ?? this.#last;
    const broken = event.expectations.filter((expectation) => !expectation.held).map((expectation) => expectation.text);
    const values = {
      ...event.metrics,
      ...(best === null ? {} : { [`best.${best.metric}`]: best.value, 'best.epoch': best.epoch }),
    };
    const told: Record<string, string> = { 'exp.status': event.status };
    if (event.weightsHash !== null) told['exp.weights_hash'] = event.weightsHash;
    if (event.expectations.length > 0)
      told['exp.expectations'] = broken.length === 0 ? 'held' : `broken: ${broken.join('; ')}`;
    // The message may name the cases of a step.
    if (error !== null) told['exp.error'] = this.#facts.cases ? `${error.code}: ${error.message}` : error.code;
    // A resumed run that made good must not show the error of an earlier attempt.
    else if (this.#hasFailed) told['exp.error'] = '';
    this.#hasFailed ||= error !== null;
    return [
      ...this.#measured(event, values),
      tags(told),
      // Uploaded at the end only: a checkpoint that the next epoch replaces would cost the network for nothing.
      ...(kept === null ? [] : [artifact(kept.path, kept.weightsHash)]),
      // A trainer that was killed has left none.
      ...(event.status === 'killed' ? [] : this.#results(event)),
      ...this.#model(event),
      { kind: 'status', status: STATUS_OF[event.status], endTime: event.time },
    ];
  }

  #results({ sequence }: RunEvent): readonly DeliveryBody[] {
    const version = String(sequence);
    return this.#facts.cases
      ? [artifact(RESULTS_FOLDER, version), tags(CASES_TAG)]
      : [artifact(`${RESULTS_FOLDER}/${CURVES_FILE}`, version)];
  }

  /** Of a run that is over: what is stopped or failed may go on and get better. */
  #model(event: RunEventOf<'run_finished'>): readonly DeliveryBody[] {
    const [best, facts] = [this.#best, this.#facts.model];
    if (best === null || facts === null || !isComplete(event)) return [];
    const tested = Object.entries(event.metrics).filter(([name]) => isOfTest(name));
    const metrics = [...this.#bestRows, ...rowsOf(event, event.step, Object.fromEntries(tested))];
    return [{ kind: 'model', path: best.path, version: best.weightsHash, step: best.step, metrics, facts }];
  }
}

function metrics(event: RunEvent, step: number, values: Readonly<Record<string, number>>): DeliveryBody {
  return { kind: 'metrics', metrics: rowsOf(event, step, values) };
}

function rowsOf(event: RunEvent, step: number, values: Readonly<Record<string, number>>): MlflowMetric[] {
  return Object.entries(values).map(([name, value]) => {
    return { key: mlflowKey(name), value, timestamp: event.time, step };
  });
}

/** @param path relative to the run folder @param version another one is uploaded again */
function artifact(path: string, version: string): DeliveryBody {
  return { kind: 'artifact', path: path.replaceAll('\\', '/'), version };
}

function tags(values: Readonly<Record<string, string>>): DeliveryBody {
  return { kind: 'tags', tags: toKeyValues(values, MLFLOW_LIMITS.tagValueLength) };
}

export function toKeyValues(values: Readonly<Record<string, string>>, valueLength: number): MlflowKeyValue[] {
  return Object.entries(values).map(([key, value]) => ({ key: mlflowKey(key), value: truncate(value, valueLength) }));
}
