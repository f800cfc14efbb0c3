import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { stepKeyOf, WORKLOAD_TERMS, type Workload, type WorkloadTerm } from '../../compiler/graph/workload.ts';
import { configRoot } from '../system/config-folder.ts';
import { writeWhole } from '../system/durable.ts';
import { ownerOf, takeLock } from '../system/owner-lock.ts';

/**
 * `calibration.json` of the user's configuration: what training steps took on the machines that this user trained on. It
 * holds measurements, not conclusions, so that a better way to draw them needs no new measurement.
 */

const CALIBRATION_FILE = 'calibration.json';

const amount = z.number().min(0);

function withAllTerms(amounts: Partial<Record<WorkloadTerm, number>>): Workload {
  return Object.fromEntries(WORKLOAD_TERMS.map((term) => [term, amounts[term] ?? 0])) as Record<WorkloadTerm, number>;
}

export const measurementSchema = z.object({
  /** When it ended, in milliseconds since the Unix epoch. */
  time: z.int(),
  /** `exp calibrate`, or the id of the run. */
  source: z.string(),
  /** As the plan calls it: `local`, `lab.a100`. */
  environment: z.string(),
  /** What computed: the processor's or the GPU's name. */
  device: z.string(),
  /** `tensorflow-cpu 2.21.0`, with the version of exp: another engine has another speed. */
  engine: z.string(),
  onGpu: z.boolean(),
  threads: z.int().positive(),
  /** For a person: `SegResNet, 64x64x64, batch 1`. */
  what: z.string(),
  /** What an earlier version did not tell apart, it did not do. */
  workload: z.partialRecord(z.enum(WORKLOAD_TERMS), amount).transform(withAllTerms),
  /** Of a step without its wait for data: the median, and the half distance of its quartiles as a share of it. */
  secondsPerStep: z.number().positive(),
  spread: amount,
  /** The median wait for data. */
  waitSeconds: amount,
  steps: z.int().positive(),
  stateBytes: amount,
  activationPeakBytes: amount,
  /** The largest resident memory of the trainer; null where it is not what the model's memory goes to, as on a GPU. */
  peakBytes: amount.nullable(),
});

const calibrationSchema = z.object({ version: z.literal(1), measurements: z.array(z.unknown()) });

export type StepMeasurement = z.infer<typeof measurementSchema>;

/** Of one device and engine: plenty for a fit of nine costs, and a file of some hundred kilobytes at most. */
const KEPT_PER_DEVICE = 60;
const KEPT = 300;
/** Of the same step: enough for a median. */
const KEPT_OF_ONE_STEP = 3;

const PATIENCE_MS = 2_000;
const RETRY_MS = 25;

export function calibrationPath(environment: NodeJS.ProcessEnv = process.env): string {
  return join(configRoot(environment), CALIBRATION_FILE);
}

/** `EXP_CALIBRATION=off`: measurements are neither used nor taken. */
export function isCalibrating(environment: NodeJS.ProcessEnv = process.env): boolean {
  return environment.EXP_CALIBRATION !== 'off';
}

/** All measurements, oldest first; none where there is no file, or none that this version knows. */
export function readCalibration(environment: NodeJS.ProcessEnv = process.env): readonly StepMeasurement[] {
  if (!isCalibrating(environment)) return [];
  try {
    const content = calibrationSchema.parse(JSON.parse(readFileSync(calibrationPath(environment), 'utf8')));
    // What a later version measured otherwise is passed over by itself.
    return content.measurements.flatMap((each) => measurementSchema.safeParse(each).data ?? []);
  } catch {
    return [];
  }
}

/**
 * Adds a measurement; the file is replaced as a whole, under a lock, and stays bounded.
 *
 * @returns false where another process held the lock for long, or the folder cannot be written: a measurement is worth no trouble
 */
export async function addMeasurement(
  measurement: StepMeasurement,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<boolean> {
  const path = calibrationPath(environment);
  try {
    mkdirSync(configRoot(environment), { recursive: true });
    if (!(await lockBefore(performance.now() + PATIENCE_MS, `${path}.lock`))) return false;
    try {
      const measurements = bounded([...readCalibration(environment), measurement]);
      writeWhole(path, Buffer.from(`${JSON.stringify({ version: 1, measurements }, null, 1)}\n`));
    } finally {
      rmSync(`${path}.lock`, { force: true });
    }
    return true;
  } catch {
    return false;
  }
}

/** Measurements of one device and engine may be compared with each other. */
export function deviceKey({ device, engine, threads, environment }: StepMeasurement): string {
  return JSON.stringify([device, engine, threads, environment]);
}

function bounded(measurements: readonly StepMeasurement[]): readonly StepMeasurement[] {
  const ofDevice = new Map<string, number>();
  const ofStep = new Map<string, number>();
  return measurements
    .toReversed()
    .filter((each) => {
      const device = deviceKey(each);
      const step = `${device} ${stepKeyOf(each.workload)}`;
      const [devices, steps] = [(ofDevice.get(device) ?? 0) + 1, (ofStep.get(step) ?? 0) + 1];
      if (steps > KEPT_OF_ONE_STEP || devices > KEPT_PER_DEVICE) return false;
      ofDevice.set(device, devices);
      ofStep.set(step, steps);
      return true;
    })
    .slice(0, KEPT)
    .reverse();
}

/** @returns false where another process held the lock until then, by the clock of `performance.now` */
async function lockBefore(end: number, path: string): Promise<boolean> {
  for (; performance.now() < end; await sleep(RETRY_MS)) {
    if (takeLock(path, ownerOf(process.pid)) === null) return true;
  }
  return false;
}
