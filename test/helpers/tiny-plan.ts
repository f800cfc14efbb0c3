import { createHash } from 'node:crypto';
import { trainingProgram } from '../../compiler/graph/programs.ts';
import { type Plan, type PlanFile, type PlanTrack, planSchema } from '../../compiler/plan/schema.ts';
import { ADAMW, DICE_CE, SEGRESNET } from './models.ts';

/** A plan that trains in seconds on any engine: a network of a few thousand weights on six small phantoms. */
export function tinyPlan(changes: Partial<Plan> = {}): Plan {
  const settings: Omit<Plan, 'facts'> = {
    version: 1,
    experiment: { name: 'tiny', description: null },
    profile: null,
    environment: {
      name: 'local',
      gpu: null,
      cpuCores: null,
      memoryBytes: null,
      pricePerHourUsd: null,
      scheduler: null,
    },
    seed: 7,
    dataset: {
      source: { layout: 'phantom', subjects: 6, size: 24, seed: 3, channels: 1 },
      foreground: null,
      split: { train: 4 / 6, validation: 1 / 6, test: 1 / 6 },
      subjects: null,
      fold: null,
      orientation: 'RAS',
      spacing: null,
      cropForeground: null,
      exclude: [],
      intensity: { kind: 'zscore', nonzero: true },
    },
    model: { ...SEGRESNET, initFilters: 4, blocksDown: [1, 1], blocksUp: [1], normGroups: 2, weights: null },
    patch: [16, 16, 16],
    batchSize: 1,
    activationLimitBytes: null,
    sampling: { kind: 'balanced', positive: 1, negative: 1, perCase: 1 },
    augment: [{ kind: 'flip', axes: ['x', 'y', 'z'], probability: 0.5 }],
    loss: DICE_CE,
    optimizer: { ...ADAMW, learningRate: 0.01, weightDecay: 1e-5 },
    schedule: {
      epochs: 2,
      lrSchedule: { kind: 'warmup_cosine', warmup: { unit: 'steps', value: 2 }, minimum: 0 },
      validateEveryEpochs: 1,
      earlyStop: null,
      checkpointEvery: { unit: 'epochs', value: 1 },
      keepBest: { metric: 'val.dice', mode: 'max' },
      onNan: { kind: 'stop' },
    },
    metrics: ['dice'],
    metricSettings: { surfaceDice: { tolerances: [1] }, averageSurfaceDistance: { symmetric: false } },
    inference: { kind: 'sliding_window', roiSize: null, overlap: 0.25, blend: 'gaussian', batchSize: 2, flips: [] },
    postprocess: [],
    predict: 'test',
    precision: 'float32',
    workers: 0,
    cache: 'memory',
    track: null,
    budget: null,
    expectations: [],
  };
  const merged = { ...settings, ...changes };
  const program = trainingProgram(merged);
  return planSchema.parse({
    ...merged,
    facts: {
      parameters: program.weightCount,
      parameterTensors: program.weights.length,
      forwardFlops: 1,
      stepFlops: 1,
      stateBytes: 16 * program.weightCount,
      activationPeakBytes: program.step.activationPeakBytes,
      recomputedTensors: 0,
      recomputedBytes: 0,
      recomputedFlops: 0,
    },
  });
}

/** The plan as a run folder holds it; its id is of this test's making, not the compiler's. */
export function tinyPlanFile(changes: Partial<Plan> = {}): PlanFile {
  const plan = tinyPlan(changes);
  return {
    planId: createHash('sha256').update(JSON.stringify(plan)).digest('hex'),
    plan,
    origins: {
      patch: { kind: 'file', path: 'tiny.exp', line: 12, column: 10, profile: null },
      batchSize: { kind: 'file', path: 'tiny.exp', line: 13, column: 15, profile: null },
      'optimizer.learningRate': { kind: 'file', path: 'tiny.exp', line: 20, column: 5, profile: null },
      'dataset.source': { kind: 'file', path: 'tiny.exp', line: 3, column: 3, profile: null },
    },
  };
}

/** `track: mlflow(experiment: …, uri: …)`. */
export function mlflowTrack(experiment: string, uri: string | null = null): PlanTrack {
  const access = { username: null, password: null, token: null };
  return { kind: 'mlflow', experiment, uri, ...access, register: null, alias: null, cases: true };
}
