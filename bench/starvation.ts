import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { show } from './harness/compare.ts';
import { benchOptions } from './harness/options.ts';
import { NETWORKS } from './harness/plans.ts';
import { record, Watch } from './harness/record.ts';
import { runExperiment, stepsOf, writeExperiment } from './harness/runs.ts';

/**
 * Which part of a training step waits for data, with one worker, volumes of 128³ in memory, and every augmentation of the
 * language at once: SwinUNETR-24 on 96³ and 64³ patches, by the run's own record.
 *
 *   npm run bench:starvation -- [--quick]
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

const { quick, wants } = benchOptions();
for (const side of quick ? [64] : [96, 64]) {
  const name = `${NETWORKS.swin24.name}, ${side}³, workers: 1`;
  if (!wants(name)) continue;
  const folder = mkdtempSync(join(tmpdir(), 'exp-bench-starvation-'));
  try {
    const experiment = writeExperiment(folder, 'starvation', [
      `dataset phantom(subjects: ${quick ? 6 : 10}, size: 128) { split: 80% / 20% / 0% }`,
      NETWORKS.swin24.model,
      `patch: ${side}x${side}x${side}`,
      `sampling: balanced(positive: 1, negative: 1, per_case: ${quick ? 2 : 3})`,
      AUGMENT,
      'loss: dice_cross_entropy(include_background: true)',
      'optimizer: adamw(learning_rate: 1e-4)',
      'schedule { epochs: 1  validate: every 1 epochs }',
      'inference: sliding_window(overlap: 0%)',
      'predict: none',
      'workers: 1',
      'cache: memory',
    ]);
    const watch = new Watch();
    const { events } = await runExperiment(experiment, join(folder, 'runs'), { output: '--quiet' });
    watch.add(null);
    // The first step waits for the first volumes to be read, whatever the worker does.
    const steps = stepsOf(events).slice(1);
    const metrics = {
      wait_share: [
        steps.reduce((sum, step) => sum + step.waitSeconds, 0) / steps.reduce((sum, step) => sum + step.seconds, 0),
      ],
      wait_ms: steps.map((step) => step.waitSeconds * 1000),
      step_seconds: steps.map((step) => step.seconds),
    };
    record({ bench: 'starvation', case: name, subject: 'exp', metrics, quick, conditions: watch.conditions() });
    show(name, 'exp', metrics);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
