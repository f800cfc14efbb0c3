import * as z from 'zod';
import { modelSchema } from './model-schema.ts';
import { PRECISIONS } from './precisions.ts';
import { fraction, positiveInt, voxelTriple } from './primitives.ts';
import { lossSchema, onNanSchema, optimizerSchema } from './training-schema.ts';
import { PLAN_VERSION } from './version.ts';

/**
 * The plan: everything that will run, resolved. One definition gives the TypeScript type, the run-time check and the
 * published JSON Schema. There are no optional fields: what does not apply is `null`.
 *
 * Spatial triples stand in the image's own axis order (x, y, z), which is also D, H, W of every tensor.
 */

const axis = z.enum(['x', 'y', 'z']);
const plane = z.enum(['xy', 'xz', 'yz']);

export const intensitySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  /** MONAI NormalizeIntensity: subtract the mean, divide by the standard deviation, of one volume. */
  z.object({ kind: z.literal('zscore'), nonzero: z.boolean() }),
  /** MONAI ScaleIntensityRange. */
  z.object({
    kind: z.literal('range'),
    from: z.number(),
    to: z.number(),
    min: z.number(),
    max: z.number(),
    clip: z.boolean(),
  }),
  /** MONAI ScaleIntensityRangePercentiles; `lower` and `upper` are percentiles from 0 to 100. */
  z.object({
    kind: z.literal('percentiles'),
    lower: z.number(),
    upper: z.number(),
    min: z.number(),
    max: z.number(),
    clip: z.boolean(),
  }),
]);

export const dataSourceSchema = z.discriminatedUnion('layout', [
  z.object({
    layout: z.literal('bids'),
    /** As written: relative to the `.exp` file that names it, unless absolute. */
    root: z.string(),
    /** What the images are called; several where each channel is a file of its own, in the order of the channels. */
    image: z.union([z.string(), z.array(z.string()).min(2)]),
    label: z.string(),
    /** The folder below `derivatives/` that holds the labels; null: search all of them. */
    derivative: z.string().nullable(),
  }),
  z.object({ layout: z.literal('decathlon'), root: z.string() }),
  /** A generated BIDS data set (`exp data phantom`), made on first use from the seed. */
  z.object({
    layout: z.literal('phantom'),
    subjects: positiveInt,
    size: positiveInt,
    seed: z.int(),
    /** Files of each subject, which show the same with other contrasts. */
    channels: positiveInt,
  }),
]);

export const foldSchema = z.object({ index: positiveInt, count: z.int().min(2) });

export const datasetSchema = z.object({
  source: dataSourceSchema,
  /** Label values merged into class 1; null keeps the label's own values as classes. */
  foreground: z.array(positiveInt).nullable(),
  /** Fractions of the subjects; they add up to 1. */
  split: z.object({ train: fraction, validation: fraction, test: fraction }),
  /** Subjects, or single images, that are left out before anything is counted or split; sorted. */
  exclude: z.array(z.string()),
  /** Only the first N subjects in sorted order; null takes all. */
  subjects: positiveInt.nullable(),
  /**
   * Cross-validation: of the subjects that the split keeps apart from the test part, fold `index` (from 1) of `count` is
   * validated and the others are trained on. Null: the split's own shares.
   */
  fold: foldSchema.nullable(),
  /** Three letters such as RAS; null keeps the file's orientation. */
  orientation: z.string().nullable(),
  /** Millimetres; null keeps the file's spacing. */
  spacing: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]).nullable(),
  /** MONAI CropForeground: volumes are cut to their voxels above 0 and so many around; null leaves them whole. */
  cropForeground: z.int().min(0).nullable(),
  intensity: intensitySchema,
});

export const samplingSchema = z.discriminatedUnion('kind', [
  /** MONAI RandCropByPosNegLabel: the centre is a foreground voxel with probability positive / (positive + negative). */
  z.object({
    kind: z.literal('balanced'),
    positive: z.number().min(0),
    negative: z.number().min(0),
    perCase: positiveInt,
  }),
  z.object({ kind: z.literal('uniform'), perCase: positiveInt }),
]);

const probability = fraction;
/** Drawn uniformly; both ends alike where the file gives one number. */
const range = z.object({ from: z.number(), to: z.number() });
const perAxis = z.tuple([z.number().min(0), z.number().min(0), z.number().min(0)]);

export const augmentSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('flip'), axes: z.array(axis), probability }),
  z.object({ kind: z.literal('rotate90'), planes: z.array(plane), probability }),
  /** MONAI RandAffine: at most so many degrees, factors of the sampled coordinates, and voxels, along or about each axis. */
  z.object({ kind: z.literal('affine'), rotation: perAxis, scale: range, translation: perAxis, probability }),
  /** Cubic B-splines; control points every `spacing` voxels, moved by at most `magnitude` voxels along each axis. */
  z.object({ kind: z.literal('elastic'), spacing: z.number().positive(), magnitude: range, probability }),
  /** MONAI RandAdjustContrast. */
  z.object({ kind: z.literal('gamma'), range, invert: z.boolean(), retainStats: z.boolean(), probability }),
  /** MONAI RandGaussianSmooth; voxels. */
  z.object({ kind: z.literal('gaussian_smooth'), sigma: range, probability }),
  /** MONAI RandSimulateLowResolution. */
  z.object({ kind: z.literal('low_resolution'), zoom: range, probability }),
  /** MONAI RandBiasField (degree 3). */
  z.object({ kind: z.literal('bias_field'), coefficients: range, probability }),
  /** image × (1 + u), u uniform in ±range. */
  z.object({ kind: z.literal('intensity_scale'), range: z.number().min(0), probability }),
  /** image + u, u uniform in ±range. */
  z.object({ kind: z.literal('intensity_shift'), range: z.number().min(0), probability }),
  z.object({ kind: z.literal('gaussian_noise'), std: z.number().min(0), probability }),
]);

export const lrScheduleSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('constant') }),
  /** Linear warm-up, then half a cosine to `minimum` × the base rate at the last step. */
  z.object({
    kind: z.literal('warmup_cosine'),
    warmup: z.object({ unit: z.enum(['epochs', 'steps']), value: z.number().min(0) }),
    minimum: fraction,
  }),
  /** nnU-Net's poly: (1 − step / steps) ** power. */
  z.object({ kind: z.literal('polynomial'), power: z.number().positive() }),
]);

export const metricSchema = z.enum([
  'dice',
  'iou',
  'hausdorff95',
  'surface_dice',
  'average_surface_distance',
  'sensitivity',
  'precision',
  'volume_error',
]);

export const metricSettingsSchema = z.object({
  /** Millimetres: one for all foreground classes, or one for each. */
  surfaceDice: z.object({ tolerances: z.array(z.number().min(0)) }),
  /** Whether distances count in both directions. */
  averageSurfaceDistance: z.object({ symmetric: z.boolean() }),
});

/** A metric of the run, and whether larger is better. Names are `val.dice`, `val.hausdorff95`, `train.loss`. */
export const watchedMetricSchema = z.object({ metric: z.string(), mode: z.enum(['max', 'min']) });

export const scheduleSchema = z.object({
  epochs: positiveInt,
  lrSchedule: lrScheduleSchema,
  validateEveryEpochs: positiveInt,
  earlyStop: z.object({ patienceEpochs: positiveInt, watch: watchedMetricSchema }).nullable(),
  checkpointEvery: z.object({ unit: z.enum(['epochs', 'steps', 'minutes']), value: z.number().positive() }),
  keepBest: watchedMetricSchema,
  onNan: onNanSchema,
});

export const inferenceSchema = z.object({
  kind: z.literal('sliding_window'),
  /** Null: the training patch. */
  roiSize: voxelTriple.nullable(),
  overlap: z.number().min(0).lt(1),
  blend: z.enum(['constant', 'gaussian']),
  batchSize: positiveInt,
  /** Axes that windows are mirrored along, in every combination; empty: none. */
  flips: z.array(axis),
});

export const postprocessSchema = z.object({
  kind: z.enum(['largest_component', 'fill_holes']),
  /** Null: every class but the background. */
  classes: z.array(positiveInt).nullable(),
});

export const environmentSchema = z.object({
  name: z.string(),
  gpu: z.object({ name: z.string(), memoryBytes: z.number().positive(), count: positiveInt }).nullable(),
  cpuCores: positiveInt.nullable(),
  memoryBytes: z.number().positive().nullable(),
  pricePerHourUsd: z.number().min(0).nullable(),
  scheduler: z
    .object({ kind: z.literal('slurm'), partition: z.string().nullable(), account: z.string().nullable() })
    .nullable(),
});

/** A variable whose value the run reads where it uses it; only the name is ever written down. */
export const secretSchema = z.object({ secret: z.string() });

export const trackSchema = z.object({
  kind: z.literal('mlflow'),
  experiment: z.string(),
  /** Null: MLFLOW_TRACKING_URI, and so for the rest. */
  uri: z.string().nullable(),
  username: z.union([z.string(), secretSchema]).nullable(),
  password: secretSchema.nullable(),
  token: secretSchema.nullable(),
  /** The name of a registered model that the best model becomes a version of; null: it is logged, not registered. */
  register: z.string().nullable(),
  /** Of that version. */
  alias: z.string().nullable(),
  /** Whether what names subjects goes to the server: tables and pictures of cases. */
  cases: z.boolean(),
});

/** What the graph says of the model before anything runs, for the training step at this batch and patch. */
export const modelFactsSchema = z.object({
  parameters: positiveInt,
  parameterTensors: positiveInt,
  forwardFlops: z.number().positive(),
  stepFlops: z.number().positive(),
  /** Weights, gradients and optimizer state. */
  stateBytes: z.number().positive(),
  /** The exact peak of activations within a step, by the schedule's last uses. */
  activationPeakBytes: z.number().positive(),
  /** Tensors of the forward pass that the backward pass computes again, by how much that lowers the peak, and its price. */
  recomputedTensors: z.int().min(0),
  recomputedBytes: z.number().min(0),
  recomputedFlops: z.number().min(0),
});

export const budgetSchema = z.object({
  usd: z.number().positive().nullable(),
  hours: z.number().positive().nullable(),
});

export const planSchema = z.object({
  version: z.literal(PLAN_VERSION),
  experiment: z.object({ name: z.string(), description: z.string().nullable() }),
  profile: z.string().nullable(),
  environment: environmentSchema,
  seed: z.int(),
  dataset: datasetSchema,
  model: modelSchema,
  patch: voxelTriple,
  batchSize: positiveInt,
  /** What the activations of a step must fit into, by computing some of them again; null keeps all of them. */
  activationLimitBytes: positiveInt.nullable(),
  sampling: samplingSchema,
  augment: z.array(augmentSchema),
  loss: lossSchema,
  optimizer: optimizerSchema,
  schedule: scheduleSchema,
  metrics: z.array(metricSchema),
  metricSettings: metricSettingsSchema,
  inference: inferenceSchema,
  /** What is done to a segmentation before it is measured and written, in this order. */
  postprocess: z.array(postprocessSchema),
  /** Which subjects get predictions written as NIfTI at the end, by the best checkpoint. */
  predict: z.enum(['none', 'validation', 'test', 'validation_and_test']),
  /** Of convolutions and their gradients: `mixed` multiplies in bfloat16. Weights, norms, losses and updates are float32. */
  precision: z.enum(PRECISIONS),
  /** Worker threads for data; 0 works in line. */
  workers: z.int().min(0),
  cache: z.enum(['memory', 'disk', 'none']),
  track: trackSchema.nullable(),
  /** What all runs of the experiment may cost and how long they may take; null: no limit. */
  budget: budgetSchema.nullable(),
  expectations: z.array(z.object({ metric: z.string(), operator: z.enum(['>=', '<=', '>', '<']), value: z.number() })),
  facts: modelFactsSchema,
});

export type Plan = z.infer<typeof planSchema>;
export type PlanDataset = z.infer<typeof datasetSchema>;
export type PlanFold = z.infer<typeof foldSchema>;
export type PlanDataSource = z.infer<typeof dataSourceSchema>;
export type PlanIntensity = z.infer<typeof intensitySchema>;
/** How a network is built, whatever weights it starts from. */
export type PlanModel = WithoutWeights<Plan['model']>;
type WithoutWeights<M> = M extends unknown ? Omit<M, 'weights'> : never;
export type PlanSampling = z.infer<typeof samplingSchema>;
export type PlanAugment = z.infer<typeof augmentSchema>;
export type PlanLoss = z.infer<typeof lossSchema>;
export type PlanOptimizer = z.infer<typeof optimizerSchema>;
export type PlanLrSchedule = z.infer<typeof lrScheduleSchema>;
export type PlanSchedule = z.infer<typeof scheduleSchema>;
export type PlanInference = z.infer<typeof inferenceSchema>;
export type PlanPostprocess = z.infer<typeof postprocessSchema>;
export type PlanEnvironment = z.infer<typeof environmentSchema>;
export type PlanSecret = z.infer<typeof secretSchema>;
export type PlanTrack = z.infer<typeof trackSchema>;
export type ModelFacts = z.infer<typeof modelFactsSchema>;
export type Budget = z.infer<typeof budgetSchema>;
export type WatchedMetric = z.infer<typeof watchedMetricSchema>;

/** Where a value of the plan came from. Origins are not part of `plan_id`: a comment more must not make another plan. */
export const originSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('file'),
    path: z.string(),
    line: positiveInt,
    column: positiveInt,
    profile: z.string().nullable(),
  }),
  z.object({ kind: z.literal('set'), text: z.string() }),
  z.object({ kind: z.literal('default'), reason: z.string().nullable() }),
  z.object({ kind: z.literal('planner'), reason: z.string() }),
]);

export type Origin = z.infer<typeof originSchema>;

/** `plan.json` of a run folder: the plan, its identity, and the origin of each value by dotted plan path (`optimizer.learningRate`). */
export const planFileSchema = z.object({
  /** SHA-256 of the canonical bytes of `plan`, in hex. */
  planId: z.string().regex(/^[0-9a-f]{64}$/),
  plan: planSchema,
  origins: z.record(z.string(), originSchema),
});

export type PlanFile = z.infer<typeof planFileSchema>;
