import type { RunEvent, RunEventBody, RunEventOf, RunEventType } from '../../runtime/events/schema.ts';

/** Events for tests: whole ones, of which a test says only what it is about. */

type Body<T extends RunEventType> = Omit<RunEventOf<T>, 'sequence' | 'time' | 'type'>;

const COMMON: { readonly [T in RunEventType]: Body<T> } = {
  run_started: {
    runId: '20261124-1705-tiny-3f2a',
    planId: 'ab'.repeat(32),
    experiment: 'tiny',
    profile: null,
    pid: 1,
    host: 'here',
    resumedFromStep: null,
  },
  engine: { backend: 'cpu', version: '1', device: 'a processor', threads: 2, oneDnn: true, notice: null },
  data: {
    name: 'phantom',
    subjects: { train: ['sub-001'], validation: ['sub-002'], test: [] },
    stepsPerEpoch: 4,
    epochs: 10,
    digest: 'cd'.repeat(32),
    source: '/data',
    classes: [],
  },
  model: { name: 'SegResNet', parameters: 1000, plannedPeakBytes: 1e9 },
  weights: { path: 'pretrained.pt', sha256: 'ab'.repeat(32), matched: 24, parameterTensors: 25 },
  epoch_started: { epoch: 1 },
  step: {
    epoch: 1,
    step: 1,
    stepInEpoch: 1,
    loss: 1,
    learningRate: 1e-3,
    gradientNorm: 1,
    seconds: 1,
    waitSeconds: 0.25,
  },
  step_skipped: {
    epoch: 1,
    step: 2,
    stepInEpoch: 2,
    tensor: 'loss',
    what: 'NaN',
    cases: ['sub-001'],
    skipped: 1,
    limit: 10,
  },
  epoch_finished: { epoch: 1, step: 4, seconds: 4, metrics: {} },
  validation_started: { epoch: 1, step: 4, cases: 2 },
  validation_case: { epoch: 1, caseIndex: 0, subject: 'sub-002', metrics: {} },
  validation_finished: { epoch: 1, step: 4, seconds: 2, metrics: {}, best: false, asked: false },
  rung: { epoch: 1, value: 0.8, runs: 4, better: 0, goesOn: true },
  paused: { step: 4 },
  continued: { step: 4 },
  checkpoint: { kind: 'last', epoch: 1, step: 4, path: 'checkpoints/last', weightsHash: 'ef'.repeat(32) },
  prediction: { subject: 'sub-002', path: 'predictions/sub-002.nii.gz', overview: null, metrics: {} },
  system: {
    rssBytes: 1e9,
    cpuPercent: 100,
    systemMemoryUsedBytes: 2e9,
    systemMemoryTotalBytes: 8e9,
    machineCpuPercent: 50,
    disk: { usedBytes: 1e11, availableBytes: 3e11 },
    network: { receivedBytes: 2e6, sentBytes: 1e6 },
    gpus: [],
  },
  log: { level: 'info', message: 'hello' },
  run_finished: {
    status: 'completed',
    epoch: 10,
    step: 40,
    seconds: 40,
    best: null,
    metrics: {},
    expectations: [],
    weightsHash: null,
    error: null,
  },
};

export function bodyOf<T extends RunEventType>(type: T, changes: Partial<Body<T>> = {}): RunEventBody {
  const body = { type, ...COMMON[type], ...changes };
  return body as unknown as RunEventBody;
}

/** Bodies as a record would hold them, a second apart. */
export function recorded(...bodies: readonly RunEventBody[]): readonly RunEvent[] {
  return bodies.map((body, index) => ({ sequence: index, time: 1_800_000_000_000 + index * 1000, ...body }));
}
