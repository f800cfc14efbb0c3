import * as z from 'zod';

/**
 * The events of a run. `events.jsonl` is the one record of what happened: the terminal, the tracker and `exp watch` all
 * read it. One definition gives the type, the check on reading and the published JSON Schema.
 *
 * Epochs and steps count from 1; `step` counts over the whole run. Times are milliseconds since the Unix epoch.
 */

const metrics = z.record(z.string(), z.number());

/** The best value of a metric, and where it was reached. */
export const bestSchema = z.object({ metric: z.string(), value: z.number(), epoch: z.int() });

/** What an `expect` came to. */
export const expectationSchema = z.object({ text: z.string(), value: z.number().nullable(), held: z.boolean() });

/** Why a run failed, and what to do. */
export const failureSchema = z.object({
  code: z.string(),
  message: z.string(),
  help: z.string().nullable(),
  /** Where in the `.exp` file the cause stands, `path:line:column`. */
  location: z.string().nullable(),
});

export const runEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('run_started'),
    runId: z.string(),
    planId: z.string(),
    experiment: z.string(),
    profile: z.string().nullable(),
    pid: z.int(),
    host: z.string(),
    /** The step a resumed run continues after; null for a new run. */
    resumedFromStep: z.int().nullable(),
  }),
  z.object({
    type: z.literal('engine'),
    /** `tensorflow-cpu`, `tensorflow-cuda`, `wasm`, `cpu` */
    backend: z.string(),
    version: z.string(),
    device: z.string(),
    threads: z.int(),
    oneDnn: z.boolean(),
    /** Set where a slower engine had to do, with what mends it. */
    notice: z.string().nullable(),
  }),
  z.object({
    type: z.literal('data'),
    name: z.string(),
    subjects: z.object({ train: z.array(z.string()), validation: z.array(z.string()), test: z.array(z.string()) }),
    stepsPerEpoch: z.int(),
    epochs: z.int(),
    /** SHA-256 over subject names, file sizes and content hashes; at most 36 characters go to MLflow. */
    digest: z.string(),
    source: z.string(),
    /** What the data call the classes, background first; empty in records from before that was told. */
    classes: z.array(z.string()).default([]),
  }),
  z.object({ type: z.literal('model'), name: z.string(), parameters: z.int(), plannedPeakBytes: z.number() }),
  /** What `model { weights: "…" }` gave: only of runs that have it, and not when they resume. */
  z.object({
    type: z.literal('weights'),
    path: z.string(),
    /** Of the file, in hex. */
    sha256: z.string(),
    /** Tensors that the file gave, of the model's. */
    matched: z.int(),
    parameterTensors: z.int(),
  }),
  z.object({ type: z.literal('epoch_started'), epoch: z.int() }),
  z.object({
    type: z.literal('step'),
    epoch: z.int(),
    step: z.int(),
    /** 1 to `stepsPerEpoch`. */
    stepInEpoch: z.int(),
    loss: z.number(),
    learningRate: z.number(),
    gradientNorm: z.number().nullable(),
    seconds: z.number(),
    /** The part of `seconds` spent waiting for data. */
    waitSeconds: z.number(),
  }),
  /** A step whose loss or gradient was no number, and that was left out: `schedule { on_nan: skip(limit: 10) }`. */
  z.object({
    type: z.literal('step_skipped'),
    epoch: z.int(),
    step: z.int(),
    stepInEpoch: z.int(),
    tensor: z.enum(['loss', 'gradient', 'weights']),
    /** `NaN, in conv_final.2.conv.weight` */
    what: z.string(),
    /** Subjects of its batch. */
    cases: z.array(z.string()),
    /** Of the whole run, this one included. */
    skipped: z.int(),
    limit: z.int(),
  }),
  z.object({
    type: z.literal('epoch_finished'),
    epoch: z.int(),
    step: z.int(),
    seconds: z.number(),
    /** `train.loss`, `train.learning_rate`, and what else the epoch measured. */
    metrics,
  }),
  z.object({ type: z.literal('validation_started'), epoch: z.int(), step: z.int(), cases: z.int() }),
  z.object({ type: z.literal('validation_case'), epoch: z.int(), caseIndex: z.int(), subject: z.string(), metrics }),
  z.object({
    type: z.literal('validation_finished'),
    epoch: z.int(),
    step: z.int(),
    seconds: z.number(),
    metrics,
    best: z.boolean(),
    /** Somebody at a screen wanted it: it is shown, and neither the best nor an early stop knows of it. */
    asked: z.boolean().default(false),
  }),
  /** The halving of a sweep: whether the run goes on beyond this epoch, among the runs that had come to it by then. */
  z.object({
    type: z.literal('rung'),
    epoch: z.int(),
    /** Its best so far of what the sweep is ranked by; null where nothing was measured. */
    value: z.number().nullable(),
    /** With this one. */
    runs: z.int(),
    better: z.int(),
    goesOn: z.boolean(),
  }),
  /** Somebody at a screen wanted the trainer to wait, and then to go on. */
  z.object({ type: z.literal('paused'), step: z.int() }),
  z.object({ type: z.literal('continued'), step: z.int() }),
  z.object({
    type: z.literal('checkpoint'),
    kind: z.enum(['last', 'best']),
    epoch: z.int(),
    step: z.int(),
    /** Relative to the run folder. */
    path: z.string(),
    /** SHA-256 of the weights' bytes, in hex. */
    weightsHash: z.string(),
  }),
  z.object({
    type: z.literal('prediction'),
    subject: z.string(),
    /** Of the label map, relative to the run folder. */
    path: z.string(),
    /** A picture of the case, relative to the run folder; null beyond the first few cases. */
    overview: z.string().nullable(),
    metrics,
  }),
  z.object({
    type: z.literal('system'),
    rssBytes: z.number(),
    cpuPercent: z.number(),
    systemMemoryUsedBytes: z.number(),
    systemMemoryTotalBytes: z.number(),
    /** Of all processors, 0 to 100; null where it cannot be told, as in records of earlier days, and so for the rest. */
    machineCpuPercent: z.number().nullable().default(null),
    /** Of the file system that the run folder lies in. */
    disk: z.object({ usedBytes: z.number(), availableBytes: z.number() }).nullable().default(null),
    /** Over all interfaces, since this attempt started. */
    network: z.object({ receivedBytes: z.number(), sentBytes: z.number() }).nullable().default(null),
    gpus: z
      .array(
        z.object({
          index: z.int(),
          utilizationPercent: z.number().nullable(),
          memoryUsedBytes: z.number().nullable(),
          memoryTotalBytes: z.number().nullable(),
          powerWatts: z.number().nullable(),
          powerLimitWatts: z.number().nullable(),
        }),
      )
      .default([]),
  }),
  z.object({ type: z.literal('log'), level: z.enum(['info', 'warning', 'error']), message: z.string() }),
  z.object({
    type: z.literal('run_finished'),
    /** `early_stopped`: out of its own patience. `stopped_early`: held back by the halving of its sweep; it may go on. */
    status: z.enum(['completed', 'early_stopped', 'stopped_early', 'stopped', 'failed', 'killed']),
    epoch: z.int(),
    step: z.int(),
    seconds: z.number(),
    /** The best value of the watched metric and where it was reached; null before the first validation. */
    best: bestSchema.nullable(),
    /** Test metrics too, where there was a test. */
    metrics,
    expectations: z.array(expectationSchema),
    weightsHash: z.string().nullable(),
    error: failureSchema.nullable(),
  }),
]);

export type RunEventBody = z.infer<typeof runEventSchema>;

/** As written, one a line: a body, its place in the run and the time. */
export const recordedEventSchema = z.intersection(z.object({ sequence: z.int(), time: z.int() }), runEventSchema);

export type RunEvent = RunEventBody & { readonly sequence: number; readonly time: number };

export type RunEventType = RunEventBody['type'];
export type RunEventOf<T extends RunEventType> = Extract<RunEvent, { type: T }>;
