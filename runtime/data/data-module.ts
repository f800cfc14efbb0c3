import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { stepsPerEpoch } from '../../compiler/plan/counts.ts';
import type { PlanAugment, PlanDataset, PlanSampling } from '../../compiler/plan/schema.ts';
import { createCaseCache, defaultCacheBytes } from './cache.ts';
import { contentDigest } from './digest.ts';
import { defaultDiskCacheBytes } from './disk-cache.ts';
import { findCases } from './layouts/find-cases.ts';
import type { DataProgress } from './layouts/found-dataset.ts';
import type { PrepareSettings } from './prepare.ts';
import { casesOfStep } from './sampler.ts';
import { splitCases } from './split.ts';
import type { Batch, DataModule, DatasetIndex, Vec3 } from './types.ts';
import { workerEntry } from './workers/entry.ts';
import { workInline } from './workers/inline.ts';
import { startWorkers } from './workers/pool.ts';
import type { WorkResult, WorkSettings } from './workers/protocol.ts';

export interface DataOptions {
  readonly dataset: PlanDataset;
  /** The folder that the plan's relative paths start from. */
  readonly baseDir: string;
  /** Where generated data sets and content hashes are kept. */
  readonly cacheDir: string;
  readonly seed: number;
  readonly patch: Vec3;
  readonly batchSize: number;
  readonly sampling: PlanSampling;
  readonly augment: readonly PlanAugment[];
  readonly workers: number;
  readonly cache: 'memory' | 'disk' | 'none';
  /** Classes of the model: a label beyond them is an error of its file. */
  readonly classes?: number;
  /** Channels of the model: an image of another number is an error of its file. */
  readonly channels?: number;
  /** Bound of the cache in memory or on disk; a quarter of the memory, half of the free disk (64 GiB at most) unless given. */
  readonly cacheBytes?: number;
  /** The bundled worker program, where it is not found beside this code; tests build their own. */
  readonly workerEntry?: URL;
  readonly onProgress?: (progress: DataProgress) => void;
  /** Told once, when the first case finds no more room in memory: the cases that have found some, and their bytes. */
  readonly onCacheFull?: (cases: number, bytes: number) => void;
}

/** Raised when prepared cases or their files change, so that those of an older version are made anew. */
const PREPARED_VERSION = 2;

/** Where prepared cases lie on disk, each under the digest of its files and of what is done to them. */
function diskSettings(
  options: DataOptions,
  prepare: PrepareSettings,
  contents: ReadonlyMap<string, string>,
): NonNullable<WorkSettings['disk']> {
  const folder = join(options.cacheDir, 'prepared');
  const steps = JSON.stringify([PREPARED_VERSION, prepare]);
  const keyOf = (id: string, content: string) =>
    createHash('sha256').update(`${id}\n${content}\n${steps}`).digest('hex');
  return {
    folder,
    limitBytes: options.cacheBytes ?? defaultDiskCacheBytes(folder),
    keys: new Map([...contents].map(([id, content]) => [id, keyOf(id, content)])),
  };
}

/** Batches being made ahead, for each worker. */
const AHEAD_PER_WORKER = 2;

/**
 * Opens a plan's data set: finds (or generates) it, splits it, and starts the workers.
 *
 * @throws DataError EXP4101 missing data set or label, EXP4104 a split that leaves nothing
 */
export async function openData(options: DataOptions): Promise<DataModule> {
  const { dataset, seed, sampling, batchSize, onProgress } = options;
  const found = findCases(dataset, options);
  const split = splitCases(found.cases, dataset, seed, found.root);
  const used = new Set([...split.train, ...split.validation, ...split.test].map((files) => files.id));
  const cases = found.cases.filter((files) => used.has(files.id));
  const { digest, cases: contents } = await contentDigest(cases, options.cacheDir, (done, total) =>
    onProgress?.({ stage: 'hash', done, total }),
  );
  const index: DatasetIndex = { name: found.name, root: found.root, cases, unlabelled: found.unlabelled, digest };

  const prepare: PrepareSettings = {
    orientation: dataset.orientation,
    spacing: dataset.spacing,
    cropForeground: dataset.cropForeground,
    intensity: dataset.intensity,
    foreground: dataset.foreground,
    classes: options.classes ?? null,
    channels: options.channels ?? null,
  };
  const settings: WorkSettings = {
    prepare,
    batch: { seed, patch: options.patch, sampling, augment: options.augment },
    disk: options.cache === 'disk' ? diskSettings(options, prepare, contents) : null,
    held: batchSize,
  };
  const cache = createCaseCache(options.cache === 'memory' ? (options.cacheBytes ?? defaultCacheBytes()) : 0);
  const entry = options.workers > 0 ? (options.workerEntry ?? workerEntry()) : null;
  const workers = entry === null ? workInline(settings, cache) : startWorkers(entry, options.workers, settings, cache);
  const ahead = entry === null ? 0 : options.workers * AHEAD_PER_WORKER;
  const steps = stepsPerEpoch(split.train.length, sampling, batchSize);

  /** Batches in the making, by `epoch:step`. */
  const pending = new Map<string, Promise<Batch>>();

  let isFull = options.cache !== 'memory';
  const keep = (result: WorkResult): WorkResult => {
    for (const prepared of result.kind === 'batch' ? result.loaded : [result.prepared]) {
      if (cache.add(prepared) || isFull) continue;
      isFull = true;
      options.onCacheFull?.(cache.cases, cache.bytes);
    }
    return result;
  };

  const make = async (epoch: number, step: number): Promise<Batch> => {
    const cases = casesOfStep(split.train, sampling, batchSize, seed, epoch, step);
    const result = keep(await workers.run({ kind: 'batch', cases, epoch, step }));
    if (result.kind !== 'batch') throw new Error('a data worker answered another question');
    return result.batch;
  };

  const order = (epoch: number, step: number): Promise<Batch> => {
    const key = `${epoch}:${step}`;
    const existing = pending.get(key);
    if (existing !== undefined) return existing;
    const made = make(epoch, step);
    // Whoever asks for the batch sees the error; one that nobody asks for must not end the process.
    made.catch(() => {});
    pending.set(key, made);
    return made;
  };

  /** The batch of a step; those after it are begun, too. */
  const orderFrom = (epoch: number, stepInEpoch: number): Promise<Batch> => {
    const upcoming = Array.from({ length: ahead + 1 }, (_, i) => {
      const position = stepInEpoch - 1 + i;
      return { epoch: epoch + Math.floor(position / steps), step: (position % steps) + 1 };
    });
    const wanted = new Set(upcoming.map((next) => `${next.epoch}:${next.step}`));
    // A jump (resume, another epoch) leaves batches that nobody will fetch.
    for (const key of pending.keys()) if (!wanted.has(key)) pending.delete(key);
    const batches = upcoming.map((next) => order(next.epoch, next.step));
    return batches[0] ?? order(epoch, stepInEpoch);
  };

  return {
    index,
    split,
    stepsPerEpoch: steps,
    batch: (epoch, stepInEpoch) => {
      const batch = orderFrom(epoch, stepInEpoch);
      pending.delete(`${epoch}:${stepInEpoch}`);
      return batch;
    },
    prefetch: (epoch, stepInEpoch) => {
      if (ahead > 0) void orderFrom(epoch, stepInEpoch);
    },
    prepared: async (files) => {
      const result = keep(await workers.run({ kind: 'prepare', files }));
      if (result.kind !== 'prepare') throw new Error('a data worker answered another question');
      return result.prepared;
    },
    close: async () => {
      pending.clear();
      await workers.close();
    },
  };
}
