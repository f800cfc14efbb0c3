import { camelCase } from '../fields/case.ts';
import type { EnvironmentValues } from '../fields/environment.ts';
import type { ExperimentValues } from '../fields/experiment.ts';
import { betterOf, DEFAULT_TOLERANCES } from '../fields/metrics.ts';
import type { ResolvedExperiment } from '../resolve/resolve-experiment.ts';
import type { ValueOrigin } from '../resolve/resolve-table.ts';
import { NO_SHARING, type Sharing } from '../sharing.ts';
import { planId } from './canonical.ts';
import { locationParts } from './location.ts';
import type {
  ModelFacts,
  Origin,
  Plan,
  PlanAugment,
  PlanDataSource,
  PlanDataset,
  PlanEnvironment,
  PlanFile,
  PlanFold,
  PlanModel,
  PlanSchedule,
  WatchedMetric,
} from './schema.ts';
import { PLAN_VERSION } from './version.ts';

/** Resolved values → the plan, with what follows from other values filled in. */

export function planEnvironment(name: string, values: EnvironmentValues): PlanEnvironment {
  const { gpu, cpu, memory, scheduler, price } = values;
  return { name, gpu, cpuCores: cpu, memoryBytes: memory, scheduler, pricePerHourUsd: price };
}

function planSource(dataset: ExperimentValues['dataset']): PlanDataSource {
  switch (dataset.kind) {
    case 'bids': {
      const { image, label, derivative } = dataset.settings;
      const [first = '', ...others] = image;
      const named = others.length === 0 ? first : [first, ...others];
      return { layout: 'bids', root: dataset.arguments.root, image: named, label, derivative };
    }
    case 'decathlon':
      return { layout: 'decathlon', root: dataset.arguments.root };
    case 'phantom':
      return { layout: 'phantom', ...dataset.arguments };
  }
}

function planDataset(dataset: ExperimentValues['dataset'], fold: PlanFold | null): PlanDataset {
  const { foreground, split, exclude, subjects, orientation, spacing, cropForeground, intensity } = dataset.settings;
  return {
    source: planSource(dataset),
    foreground: foreground === null ? null : [...foreground],
    split,
    exclude: [...new Set(exclude ?? [])].sort(),
    subjects,
    fold,
    orientation,
    spacing: spacing === null ? null : [...spacing],
    cropForeground,
    intensity,
  };
}

function planAugment(augment: ExperimentValues['augment']): PlanAugment[] {
  return augment.map((call) => {
    if (call.kind === 'flip') return { ...call, axes: [...call.axes] };
    if (call.kind === 'affine') {
      return { ...call, rotation: [...call.rotation], translation: [...call.translation] };
    }
    if (call.kind === 'rotate90') return { ...call, planes: [...call.planes] };
    return call;
  });
}

function watched(metric: string): WatchedMetric {
  return { metric, mode: betterOf(metric) };
}

function planSchedule(schedule: ExperimentValues['schedule'], metrics: ExperimentValues['metrics']): PlanSchedule {
  const { epochs, lrSchedule, validate, earlyStop, checkpoint, keepBest, onNan } = schedule;
  return {
    epochs,
    lrSchedule,
    validateEveryEpochs: validate.value,
    earlyStop: earlyStop === null ? null : { patienceEpochs: earlyStop.epochs, watch: watched(earlyStop.metric) },
    checkpointEvery: checkpoint,
    keepBest: watched(keepBest ?? `val.${metrics[0]?.kind ?? 'dice'}`),
    onNan,
  };
}

/** Settings of metrics that are not listed, but may be spoken of in an expectation, are the defaults. */
function planMetricSettings(metrics: ExperimentValues['metrics']): Plan['metricSettings'] {
  const surfaceDice = metrics.find((metric) => metric.kind === 'surface_dice');
  const surfaceDistance = metrics.find((metric) => metric.kind === 'average_surface_distance');
  return {
    surfaceDice: { tolerances: [...(surfaceDice?.tolerance ?? DEFAULT_TOLERANCES)] },
    averageSurfaceDistance: { symmetric: surfaceDistance?.symmetric ?? false },
  };
}

function planTrack(track: ExperimentValues['track'], name: string): Plan['track'] {
  if (track === null || track.kind === 'none') return null;
  return { ...track, experiment: track.experiment ?? name };
}

/** Stands for the fold of a run that has none, where an object identifies what is shared. */
const NO_FOLD = {};

export interface Planned {
  readonly environment: PlanEnvironment;
  readonly model: PlanModel;
  readonly batchSize: number;
  /** Why the planner took that batch size; null where it had no choice. */
  readonly batchReason: string | null;
  readonly activationLimitBytes: number | null;
  /** What is computed again, and what that saves and costs; null where nothing is. */
  readonly recomputeReason: string | null;
  readonly facts: ModelFacts;
  /** Which fold of a cross-validation this run is; null for the split as written. */
  readonly fold: PlanFold | null;
}

/** @param experiment complete */
export function buildPlan(experiment: ResolvedExperiment, planned: Planned): PlanFile {
  const bare = buildBarePlan(experiment, planned);
  return { ...bare, origins: planOrigins(experiment, planned, bare.plan) };
}

/** Without origins, which take longer than the plan: for the many runs of a matrix. */
export function buildBarePlan(
  experiment: ResolvedExperiment,
  planned: Planned,
  sharing: Sharing = NO_SHARING,
): Omit<PlanFile, 'origins'> {
  const { of } = sharing;
  const { values } = experiment;
  const { inference, track } = values;
  const plan: Plan = {
    version: PLAN_VERSION,
    experiment: { name: experiment.name, description: values.description },
    profile: experiment.profile,
    environment: planned.environment,
    seed: values.seed,
    dataset: of('dataset', [values.dataset, planned.fold ?? NO_FOLD], () => planDataset(values.dataset, planned.fold)),
    model: of('model', [planned.model, values.model], () => ({
      ...planned.model,
      weights: values.model.settings.weights,
    })),
    patch: [...values.patch],
    batchSize: planned.batchSize,
    activationLimitBytes: planned.activationLimitBytes,
    sampling: values.sampling,
    augment: of('augment', [values.augment], () => planAugment(values.augment)),
    loss: values.loss,
    optimizer: values.optimizer,
    schedule: of('schedule', [values.schedule, values.metrics], () => planSchedule(values.schedule, values.metrics)),
    metrics: values.metrics.map(({ kind }) => kind),
    metricSettings: planMetricSettings(values.metrics),
    inference: {
      kind: inference.kind,
      roiSize: inference.roiSize === null ? null : [...inference.roiSize],
      overlap: inference.overlap,
      blend: inference.blend,
      batchSize: inference.swBatchSize,
      flips: [...(inference.flips ?? [])],
    },
    postprocess: values.postprocess.map(({ kind, classes }) => ({
      kind,
      classes: classes === null ? null : [...classes],
    })),
    predict: values.predict,
    precision: values.precision,
    workers: values.workers,
    cache: values.cache,
    track: planTrack(track, experiment.name),
    budget: values.budget,
    expectations: experiment.expectations.map(({ metric, operator, value }) => ({ metric, operator, value })),
    facts: planned.facts,
  };
  return { planId: planId(plan, sharing), plan };
}

function planOrigins(experiment: ResolvedExperiment, planned: Planned, plan: Plan): Record<string, Origin> {
  const { values } = experiment;
  const origins = new Map(experiment.origins);
  const follow = (path: string, reason: string) => origins.set(path, { kind: 'default', reason });
  if (planned.recomputeReason !== null) {
    origins.set('activationLimitBytes', { kind: 'planner', reason: planned.recomputeReason });
  }
  if (planned.batchReason !== null) origins.set('batchSize', { kind: 'planner', reason: planned.batchReason });
  if (values.model.settings.outChannels === null) follow('model.outChannels', 'background and the merged foreground');
  if (values.schedule.keepBest === null) follow('schedule.keepBest', 'the first of `metrics`');
  if (values.track?.kind === 'mlflow' && values.track.experiment === null) {
    follow('track.experiment', 'the name of the experiment');
  }
  if (values.inference.roiSize === null) follow('inference.roiSize', 'the training patch');
  for (const metric of ['surface_dice', 'average_surface_distance'] as const) {
    // Where it is listed, its settings are those that the list has.
    const isListed = values.metrics.some(({ kind }) => kind === metric);
    const listed = isListed ? origins.get('metrics') : undefined;
    const path = `metricSettings.${camelCase(metric)}`;
    if (listed === undefined) follow(path, `as \`${metric}\` has it, which \`metrics\` does not list`);
    else origins.set(path, listed);
  }
  if (experiment.expectations.length === 0) follow('expectations', 'none is written');
  for (const [index, written] of experiment.expectations.entries()) {
    origins.set(`expectations.${index}`, { kind: 'written', written });
  }
  // Settings that take one value so far, a dropout of 0, are not in the plan.
  const entries = [...origins].filter(([path]) => isIn(plan, path)).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...Object.fromEntries(entries.map(([path, origin]) => [path, planOrigin(origin)])),
    'experiment.name': { kind: 'file', ...locationParts(experiment.nameSpan), profile: null },
    environment: environmentOrigin(experiment),
    facts: { kind: 'planner', reason: 'from the graph of the training step' },
  };
}

function isIn(plan: Plan, path: string): boolean {
  let value: unknown = plan;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false;
    value = Object.entries(value).find(([name]) => name === key)?.[1];
  }
  return true;
}

export function planOrigin(origin: ValueOrigin): Origin {
  if (origin.kind !== 'written') return origin;
  const { span, layer } = origin.written;
  if (span.file.path === '--set') return { kind: 'set', text: span.file.text };
  if (layer.kind === 'set') return { kind: 'set', text: layer.text };
  if (layer.kind === 'profile' && layer.shipped) {
    return { kind: 'default', reason: `the profile \`${layer.name}\`, which every file has` };
  }
  return { kind: 'file', ...locationParts(span), profile: layer.kind === 'profile' ? layer.name : null };
}

function environmentOrigin({ profile, environmentSpan, environment, nameSpan }: ResolvedExperiment): Origin {
  if (profile === null) return { kind: 'default', reason: 'no profile: the machine at hand' };
  if (environmentSpan === nameSpan)
    return { kind: 'default', reason: `the profile \`${profile}\` runs on \`${environment.name}\`` };
  return { kind: 'file', ...locationParts(environmentSpan), profile };
}
