import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheRoot } from '../runtime/engine/provision/cache.ts';
import type { RunEvent } from '../runtime/events/schema.ts';
import { show } from './harness/compare.ts';
import { hippocampus, largePhantoms, phantoms } from './harness/datasets.ts';
import { benchOptions } from './harness/options.ts';
import { NETWORKS, type NetworkName } from './harness/plans.ts';
import { record, Watch } from './harness/record.ts';
import { runExperiment, stepsOf, writeExperiment } from './harness/runs.ts';

/**
 * Which part of a training step waits for data, by the run's own record: one worker, every augmentation of the language at
 * once, volumes in memory, on disk, and read anew for each patch. Each run has caches of its own. Where BIDS_HIPPOCAMPUS_ROOT
 * names the data set, volumes of it too, resampled to 0.5 mm.
 *
 *   npm run bench:starvation -- [--quick] [--only WORD]
 */

const AUGMENT = `augment {
    flip(axes: [x, y, z], probability: 50%)
    rotate90(planes: [xy, xz, yz], probability: 50%)
    affine(rotation: 15deg, scale: 85%..115%, translation: 3, probability: 50%)
    elastic(spacing: 16, magnitude: 1..4, probability: 50%)
    intensity_scale(range: 10%, probability: 50%)
    intensity_shift(range: 10%, probability: 50%)
    gamma(range: 0.7..1.5, probability: 50%)
    gaussian_smooth(sigma: 0.5..1, probability: 50%)
    low_resolution(zoom: 0.5..1, probability: 50%)
    bias_field(coefficients: 0..0.1, probability: 50%)
    gaussian_noise(std: 0.1, probability: 50%)
  }`;

interface Case {
  readonly network: NetworkName;
  readonly side: number;
  readonly volumes: 'hippocampus' | { readonly subjects: number; readonly side: number };
  readonly cache: 'memory' | 'disk' | 'none';
  /** Steps of an epoch for each training case. */
  readonly perCase: number;
}

const VOLUMES = { subjects: 5, side: 128 };

const CASES: readonly Case[] = [
  { network: 'swin24', side: 96, volumes: VOLUMES, cache: 'memory', perCase: 6 },
  { network: 'swin24', side: 96, volumes: VOLUMES, cache: 'disk', perCase: 6 },
  { network: 'swin24', side: 96, volumes: VOLUMES, cache: 'none', perCase: 6 },
  { network: 'swin24', side: 64, volumes: VOLUMES, cache: 'memory', perCase: 6 },
  { network: 'swin24', side: 64, volumes: VOLUMES, cache: 'disk', perCase: 6 },
  { network: 'swin24', side: 64, volumes: VOLUMES, cache: 'none', perCase: 6 },
  { network: 'swin24', side: 96, volumes: 'hippocampus', cache: 'memory', perCase: 2 },
  { network: 'swin24', side: 64, volumes: 'hippocampus', cache: 'memory', perCase: 2 },
  // What has to be on disk: a patch must not cost a volume of half a gigabyte.
  { network: 'seg8', side: 64, volumes: { subjects: 3, side: 512 }, cache: 'disk', perCase: 60 },
];

const QUICK: readonly Case[] = [
  { network: 'swin24', side: 64, volumes: { subjects: 5, side: 128 }, cache: 'memory', perCase: 3 },
];

function nameOf({ network, side, volumes, cache }: Case): string {
  const source = volumes === 'hippocampus' ? 'hippocampus at 0.5 mm' : `volumes of ${volumes.side}³`;
  return `${NETWORKS[network].name}, ${side}³ of ${source}, workers: 1, cache: ${cache}`;
}

/** What `phantom` makes at most. */
const LARGEST_PHANTOM = 256;

/** @returns null where the data set is not there */
function datasetOf({ volumes }: Case, folder: string): string | null {
  if (volumes !== 'hippocampus') {
    const { subjects, side } = volumes;
    return side > LARGEST_PHANTOM ? largePhantoms(folder, side) : phantoms(subjects, side);
  }
  const source = process.env.BIDS_HIPPOCAMPUS_ROOT;
  return source === undefined ? null : hippocampus(folder, source);
}

function linesOf({ network, side, cache, perCase }: Case, dataset: string): readonly string[] {
  return [
    dataset,
    NETWORKS[network].model,
    `patch: ${side}x${side}x${side}`,
    `sampling: balanced(positive: 1, negative: 1, per_case: ${perCase})`,
    AUGMENT,
    'loss: dice_cross_entropy(include_background: true)',
    'optimizer: adamw(learning_rate: 1e-4)',
    'schedule { epochs: 1 }',
    'inference: sliding_window(overlap: 0%)',
    'predict: none',
    'workers: 1',
    `cache: ${cache}`,
  ];
}

/** Of the second half of the steps: before, each volume is read for the first time, whatever the worker does. */
function metricsOf(events: readonly RunEvent[]) {
  const all = stepsOf(events);
  const steps = all.slice(Math.floor(all.length / 2));
  const total = (value: (step: (typeof steps)[number]) => number) => steps.reduce((sum, step) => sum + value(step), 0);
  const [from = 0, to = 0] = [steps[0]?.time, steps.at(-1)?.time];
  const resident = events.map((event) =>
    event.type === 'system' && event.time >= from && event.time <= to ? event.rssBytes : 0,
  );
  return {
    wait_share: [total((step) => step.waitSeconds) / total((step) => step.seconds)],
    wait_ms: steps.map((step) => step.waitSeconds * 1000),
    step_seconds: steps.map((step) => step.seconds),
    resident_bytes: [Math.max(...resident)],
  };
}

/** The engine of this user, and nothing that was read before. */
function freshCache(folder: string): NodeJS.ProcessEnv {
  mkdirSync(folder);
  symlinkSync(join(cacheRoot(), 'engine'), join(folder, 'engine'));
  return { EXP_CACHE_DIR: folder };
}

const { quick, wants } = benchOptions();
for (const item of (quick ? QUICK : CASES).filter((candidate) => wants(nameOf(candidate)))) {
  const folder = mkdtempSync(join(tmpdir(), 'exp-bench-starvation-'));
  try {
    const dataset = datasetOf(item, folder);
    if (dataset === null) continue;
    const experiment = writeExperiment(folder, 'starvation', linesOf(item, dataset));
    const watch = new Watch();
    const { events } = await runExperiment(experiment, join(folder, 'runs'), {
      output: '--quiet',
      environment: freshCache(join(folder, 'cache')),
    });
    watch.add(null);
    const metrics = metricsOf(events);
    record({ bench: 'starvation', case: nameOf(item), subject: 'exp', metrics, quick, conditions: watch.conditions() });
    show(nameOf(item), 'exp', metrics);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
