import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Plan, planSchema } from '../../../compiler/plan/schema.ts';
import { stateOfRun } from '../../../runtime/events/accumulate.ts';
import { readEvents } from '../../../runtime/events/read.ts';
import type { RunEventBody } from '../../../runtime/events/schema.ts';
import { EventWriter } from '../../../runtime/events/write.ts';
import { writeResults } from '../../../runtime/results/write-results.ts';
import { acquireLock, releaseLock } from '../../../runtime/run/lock.ts';
import { createRun, type RunFolder } from '../../../runtime/run/run-folder.ts';
import { ADAMW, DICE_CE, SEGRESNET } from '../../helpers/models.ts';

export const SOURCE = 'experiment tracked {\n  // märk\n}\n';
const WEIGHTS_HASH = 'c0ffee'.repeat(10);

export function samplePlan(track: Plan['track']): Plan {
  return planSchema.parse({
    version: 1,
    experiment: { name: 'tracked', description: 'What a tracked run looks like' },
    profile: 'mac-test',
    environment: { name: 'local', gpu: null, cpuCores: 2, memoryBytes: null, pricePerHourUsd: null, scheduler: null },
    seed: 42,
    dataset: {
      source: { layout: 'phantom', subjects: 8, size: 48, seed: 1, channels: 1 },
      foreground: [1, 2],
      split: { train: 0.7, validation: 0.15, test: 0.15 },
      subjects: null,
      fold: null,
      orientation: 'RAS',
      spacing: [1, 1, 1],
      cropForeground: null,
      exclude: [],
      intensity: { kind: 'zscore', nonzero: true },
    },
    model: { ...SEGRESNET, initFilters: 16, weights: null },
    patch: [64, 64, 64],
    batchSize: 1,
    activationLimitBytes: null,
    sampling: { kind: 'uniform', perCase: 1 },
    augment: [],
    loss: DICE_CE,
    optimizer: { ...ADAMW, learningRate: 1e-4, weightDecay: 1e-5 },
    schedule: {
      epochs: 2,
      lrSchedule: { kind: 'constant' },
      validateEveryEpochs: 1,
      earlyStop: null,
      checkpointEvery: { unit: 'epochs', value: 1 },
      keepBest: { metric: 'val.dice', mode: 'max' },
      onNan: { kind: 'stop' },
    },
    metrics: ['dice'],
    metricSettings: { surfaceDice: { tolerances: [1] }, averageSurfaceDistance: { symmetric: false } },
    inference: { kind: 'sliding_window', roiSize: null, overlap: 0.5, blend: 'gaussian', batchSize: 1, flips: [] },
    postprocess: [],
    predict: 'none',
    precision: 'float32',
    workers: 0,
    cache: 'none',
    track,
    budget: null,
    expectations: [],
    facts: {
      parameters: 4_700_914,
      parameterTensors: 83,
      forwardFlops: 1e11,
      stepFlops: 3e11,
      stateBytes: 7e7,
      activationPeakBytes: 9e8,
      recomputedTensors: 0,
      recomputedBytes: 0,
      recomputedFlops: 0,
    },
  });
}

/** A run folder, and a trainer's hand to write its record with. */
export class SampleRun {
  readonly folder: RunFolder;
  readonly #parent: string;
  #writer: EventWriter | null = null;
  #time: number;

  constructor(track: Plan['track']) {
    this.#parent = mkdtempSync(join(tmpdir(), 'exp-run-'));
    this.folder = createRun({
      runsDir: join(this.#parent, 'runs'),
      planFile: { planId: 'ab'.repeat(32), plan: samplePlan(track), origins: {} },
      source: SOURCE,
      sourcePath: 'experiments/tracked.exp',
      baseDir: this.#parent,
    });
    this.#time = this.folder.info.createdAt;
  }

  get dir(): string {
    return this.folder.dir;
  }

  /** The record's clock: a second an event. */
  write(...events: readonly RunEventBody[]): void {
    if (this.#writer === null) {
      acquireLock(this.dir);
      this.#writer = new EventWriter(this.dir, () => {
        this.#time += 1000;
        return this.#time;
      });
    }
    for (const event of events) this.#writer.write(event);
  }

  /** The trainer lets go of the folder: after the end, or because it died. */
  release(): void {
    this.#writer?.close();
    this.#writer = null;
    releaseLock(this.dir);
  }

  /** As after a loss of the folder's own notes. */
  forgetDelivery(): void {
    rmSync(join(this.dir, 'mlflow'), { recursive: true });
  }

  dispose(): void {
    this.release();
    rmSync(this.#parent, { recursive: true, force: true });
  }

  start(resumedFromStep: number | null = null): void {
    this.write({
      type: 'run_started',
      runId: this.folder.id,
      planId: this.folder.info.planId,
      experiment: 'tracked',
      profile: 'mac-test',
      pid: process.pid,
      host: 'workstation',
      resumedFromStep,
    });
    this.write({
      type: 'engine',
      backend: 'tensorflow-cpu',
      version: '2.21.0',
      device: 'CPU',
      threads: 2,
      oneDnn: true,
      notice: null,
    });
    this.write({
      type: 'data',
      name: 'phantom',
      subjects: { train: ['sub-01', 'sub-02', 'sub-03', 'sub-04'], validation: ['sub-05'], test: ['sub-06'] },
      stepsPerEpoch: 4,
      epochs: 2,
      digest: '0123456789abcdef'.repeat(4),
      source: 'phantom',
      classes: [],
    });
  }

  /** One epoch of four steps, with system figures and a validation. */
  epoch(epoch: number): void {
    this.write({ type: 'epoch_started', epoch });
    for (let stepInEpoch = 1; stepInEpoch <= 4; stepInEpoch += 1) this.step(epoch, (epoch - 1) * 4 + stepInEpoch);
    const step = epoch * 4;
    this.write(
      {
        type: 'epoch_finished',
        epoch,
        step,
        seconds: 4,
        metrics: { 'train.loss': 1 / epoch, 'train.learning_rate': 1e-4 },
      },
      {
        type: 'system',
        rssBytes: 2e9,
        cpuPercent: 150,
        systemMemoryUsedBytes: 6e9,
        systemMemoryTotalBytes: 24e9,
        machineCpuPercent: 80,
        disk: { usedBytes: 1e11, availableBytes: 3e11 },
        network: { receivedBytes: 2e6, sentBytes: 1e6 },
        gpus: [
          {
            index: 0,
            utilizationPercent: 97,
            memoryUsedBytes: 8 * 2 ** 30,
            memoryTotalBytes: 16 * 2 ** 30,
            powerWatts: 63,
            powerLimitWatts: 70,
          },
        ],
      },
      { type: 'validation_started', epoch, step, cases: 1 },
      { type: 'validation_case', epoch, caseIndex: 0, subject: 'sub-05', metrics: { dice: 0.4 * epoch } },
      {
        type: 'validation_finished',
        epoch,
        step,
        seconds: 2,
        metrics: { 'val.dice': 0.4 * epoch },
        best: true,
        asked: false,
      },
    );
  }

  step(epoch: number, step: number): void {
    const stepInEpoch = ((step - 1) % 4) + 1;
    this.write({
      type: 'step',
      epoch,
      step,
      stepInEpoch,
      loss: 2 / step,
      learningRate: 1e-4,
      gradientNorm: 1,
      seconds: 0.5,
      waitSeconds: 0,
    });
  }

  /** Files as the trainer leaves them, and the event that says so. */
  checkpoint(kind: 'best' | 'last', epoch: number, bytes: Buffer, weightsHash = WEIGHTS_HASH): void {
    const path = `checkpoints/${kind}`;
    mkdirSync(join(this.dir, path), { recursive: true });
    writeFileSync(join(this.dir, path, 'model weights.safetensors'), bytes);
    writeFileSync(join(this.dir, path, 'weights.safetensors'), bytes);
    writeFileSync(join(this.dir, path, 'manifest.json'), '{}\n');
    this.write({ type: 'checkpoint', kind, epoch, step: epoch * 4, path, weightsHash });
  }

  finish(status: 'completed' | 'failed' | 'stopped' = 'completed'): void {
    // As the trainer does.
    const events = readEvents(this.dir);
    writeResults(this.dir, events, stateOfRun(events));
    this.write({
      type: 'run_finished',
      status,
      epoch: 2,
      step: 8,
      seconds: 30,
      best: { metric: 'val.dice', value: 0.8, epoch: 2 },
      metrics: { 'train.loss': 0.5, 'train.learning_rate': 1e-4, 'val.dice': 0.8, 'test.dice': 0.75 },
      expectations: [{ text: 'val.dice >= 0.90', value: 0.8, held: false }],
      weightsHash: WEIGHTS_HASH,
      error:
        status === 'failed'
          ? { code: 'EXP4201', message: 'the loss is not a number', help: null, location: null }
          : null,
    });
    this.release();
  }
}
