import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { compile } from '../compiler/compile.ts';
import { basisText, estimate } from '../compiler/estimate.ts';
import type { PlanFile } from '../compiler/plan/schema.ts';
import { medianOf } from '../compiler/quantiles.ts';
import { readCalibration } from '../runtime/calibration/calibration-file.ts';
import { readEvents } from '../runtime/events/read.ts';
import { launchTrainer } from '../runtime/run/launch.ts';
import { peakResidentBytes } from '../runtime/run/memory.ts';
import { createRun } from '../runtime/run/run-folder.ts';
import { outlookHere } from '../tui/outlook.ts';
import { show } from './harness/compare.ts';
import { benchOptions } from './harness/options.ts';
import { type Metrics, record, Watch } from './harness/record.ts';
import { stepsOf } from './harness/runs.ts';

/**
 * How far off `exp plan` is: the seconds of a step and the memory that it says beforehand, of configurations that nothing was
 * fitted to, beside what whole trainers then take. Before, `exp calibrate` measures its own two on this machine, into a file
 * of this bench's. The goal is 25 % for the time and 15 % for the memory.
 *
 *   npm run bench:estimates -- [--quick] [--only UNet] [--rounds N]
 */

interface Case {
  readonly name: string;
  readonly model: string;
  readonly size: number;
  readonly batch: number;
}

const HELD_OUT: readonly Case[] = [
  { name: 'SwinUNETR-12, 64³', model: 'SwinUNETR { out_channels: 2  feature_size: 12 }', size: 64, batch: 1 },
  { name: 'SwinUNETR-24, 96³', model: 'SwinUNETR { out_channels: 2  feature_size: 24 }', size: 96, batch: 1 },
  { name: 'SegResNet-8, 96³, batch 2', model: 'SegResNet { out_channels: 2  init_filters: 8 }', size: 96, batch: 2 },
  { name: 'SegResNet-16, 96³', model: 'SegResNet { out_channels: 2  init_filters: 16 }', size: 96, batch: 1 },
  { name: 'UNet, 96³', model: 'UNet { out_channels: 2 }', size: 96, batch: 1 },
  { name: 'DynUNet, 64³', model: 'DynUNet { out_channels: 2 }', size: 64, batch: 1 },
];

const QUICK: readonly Case[] = [
  { name: 'SegResNet-8, 64³', model: 'SegResNet { out_channels: 2  init_filters: 8 }', size: 64, batch: 1 },
  { name: 'UNet, 64³', model: 'UNet { out_channels: 2 }', size: 64, batch: 1 },
];

/** The first allocate and compile. */
const WARM_UP_STEPS = 2;
const TRAINED_CASES = 3;

function planOf({ model, size, batch }: Case, steps: number): { readonly text: string; readonly planFile: PlanFile } {
  const text = `experiment estimated {
  dataset phantom(subjects: ${TRAINED_CASES + 1}, size: ${size}, seed: 1) { split: 75% / 25% / 0% }
  model ${model}
  patch: ${size}x${size}x${size}
  batch_size: ${batch}
  sampling: uniform(per_case: ${Math.ceil((steps * batch) / TRAINED_CASES)})
  loss: dice_cross_entropy(include_background: false)
  optimizer: adamw(learning_rate: 1e-4)
  schedule { epochs: 1 }
  predict: none
  workers: 0
}
`;
  const options = { profile: null, set: [], environment: () => undefined };
  const { planFile, diagnostics } = compile({ path: 'estimated.exp', text }, options);
  if (planFile === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return { text, planFile };
}

/** Trains it in a process of its own. */
async function measure(item: Case, steps: number, runsDir: string) {
  const { text, planFile } = planOf(item, steps);
  const run = createRun({ runsDir, planFile, source: text, sourcePath: 'estimated.exp', baseDir: runsDir });
  const environment = { ...process.env, EXP_CALIBRATION: 'off' };
  // Where exp builds it, which `exp calibrate` has just seen to.
  const entry = resolve('dist/runtime/training/trainer-main.js');
  const trainer = await launchTrainer(run.dir, { environment, entry });
  let isOver = false;
  const ended = trainer.ended.finally(() => {
    isOver = true;
  });
  let peak = 0;
  while (!isOver) {
    peak = Math.max(peak, peakResidentBytes(trainer.pid) ?? 0);
    await Promise.race([ended, pause(50)]);
  }
  const { finished } = await ended;
  if (finished.status !== 'completed') throw new Error(`${item.name}: ${finished.error?.message ?? finished.status}`);
  const taken = stepsOf(readEvents(run.dir)).slice(WARM_UP_STEPS);
  return { seconds: taken.map((step) => step.seconds - step.waitSeconds), peak };
}

const { quick, wants, rounds: asked } = benchOptions();
const folder = mkdtempSync(join(tmpdir(), 'exp-bench-estimates-'));
const environment = { ...process.env, EXP_CONFIG_DIR: folder };
try {
  spawnSync(process.execPath, ['bin/exp.mjs', 'calibrate'], { env: environment, stdio: 'inherit' });
  const calibrated = readCalibration(environment).length;
  if (calibrated < 2)
    process.stdout.write(
      `only ${calibrated} of 2 steps measured: the machine is too busy, and estimates are priors'\n`,
    );
  const outlook = outlookHere({ cwd: folder, environment }, 'estimated.exp');
  const [steps, rounds] = quick ? [6, 1] : [9, asked ?? 2];
  for (const item of (quick ? QUICK : HELD_OUT).filter(({ name }) => wants(name))) {
    // Before it is measured.
    const told = estimate(planOf(item, steps).planFile.plan, outlook);
    const expected = told.expectedStepSeconds ?? Number.NaN;
    const watch = new Watch();
    watch.add(null);
    const seconds: number[] = [];
    const peaks: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const measured = await measure(item, steps, join(folder, 'runs'));
      seconds.push(...measured.seconds);
      peaks.push(measured.peak);
    }
    const metrics: Metrics = {
      planned_step_seconds: [expected],
      step_seconds: seconds,
      step_off: [expected / medianOf(seconds) - 1],
      planned_resident_bytes: [told.expectedBytes],
      peak_resident_bytes: peaks,
      peak_off: [told.expectedBytes / medianOf(peaks) - 1],
      calibrated_steps: [calibrated],
    };
    record({ bench: 'estimates', case: item.name, subject: 'exp', metrics, quick, conditions: watch.conditions() });
    show(item.name, basisText(told.basis), metrics);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
