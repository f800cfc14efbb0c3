import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { medianOf } from '../../compiler/quantiles.ts';
import { readEvents } from '../../runtime/events/read.ts';
import type { RunEvent } from '../../runtime/events/schema.ts';
import { show } from '../harness/compare.ts';
import { describeMachine, machineFacts } from '../harness/machine.ts';
import { isMeasuring } from '../harness/options.ts';
import { referencePython } from '../harness/python.ts';
import { type Metrics, record, Watch } from '../harness/record.ts';
import { runExperiment } from '../harness/runs.ts';
import { ask, TUNED } from '../harness/subjects.ts';
import { measureProcessorSeconds } from './step.ts';

/**
 * Seconds of training until the validation cases of experiments/hippocampus-fast.exp reach a Dice of 0.87 (anterior) and
 * 0.86 (posterior); validation is not counted. With `--peer SECONDS`, MONAI trains beside it, afterwards, for so long.
 *
 *   MSD_HIPPOCAMPUS_ROOT=… npm run bench:dice -- [--quick] [--run FOLDER] [--peer 1300]
 *
 * `--quick` trains one epoch only, and says what a step takes. `--run FOLDER` reads a run that is there already.
 */

const GOAL = { 'val.dice.1': 0.87, 'val.dice.2': 0.86 } as const;
const EXPERIMENT = 'experiments/hippocampus-fast.exp';

function reachesGoal(metrics: Readonly<Record<string, number | null>>): boolean {
  return Object.entries(GOAL).every(([name, least]) => (metrics[name] ?? 0) >= least);
}

function metricsOf(events: readonly RunEvent[]): Metrics {
  const seconds: number[] = [];
  let trained = 0;
  let goal: { readonly seconds: number; readonly steps: number } | null = null;
  let last: readonly [number, number] = [0, 0];
  for (const event of events) {
    if (event.type === 'step') {
      seconds.push(event.seconds);
      trained += event.seconds;
    }
    if (event.type !== 'validation_finished') continue;
    last = [event.metrics['val.dice.1'] ?? 0, event.metrics['val.dice.2'] ?? 0];
    if (goal === null && reachesGoal(event.metrics)) goal = { seconds: trained, steps: seconds.length };
  }
  return {
    // The median is what a step takes but for the moments when others had the processors.
    step_seconds: seconds,
    ...(goal === null
      ? {}
      : {
          goal_seconds: [goal.seconds],
          goal_steps: [goal.steps],
          goal_steps_times_median: [goal.steps * medianOf(seconds)],
        }),
    last_dice_anterior: [last[0]],
    last_dice_posterior: [last[1]],
  };
}

if (isMeasuring) await measureProcessorSeconds(EXPERIMENT);
else await main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      peer: { type: 'string' },
      run: { type: 'string' },
    },
  });
  process.stdout.write(`${describeMachine(machineFacts())}\n`);
  const { quick } = values;
  const name = 'hippocampus, 160 training and 40 validation cases';
  const data = resolve(process.env.MSD_HIPPOCAMPUS_ROOT ?? '../shared/data/msd-hippocampus');
  if (!existsSync(data)) throw new Error(`no data set in ${data}; name yours with MSD_HIPPOCAMPUS_ROOT`);
  const folder = mkdtempSync(join(tmpdir(), 'exp-bench-dice-'));
  try {
    const watch = new Watch();
    watch.add(null);
    const overrides = quick ? ['schedule.epochs=1'] : [];
    const environment = { MSD_HIPPOCAMPUS_ROOT: data };
    const events =
      values.run === undefined
        ? (await runExperiment(EXPERIMENT, folder, { output: '--plain', environment, overrides })).events
        : readEvents(values.run);
    const { metrics: alone } = await ask('exp', 'bench/dice/peer.py', {});
    const trained = metricsOf(events);
    const perStep = medianOf(alone.step_processor_seconds ?? []);
    const metrics: Metrics = {
      ...trained,
      ...alone,
      ...(trained.goal_steps === undefined
        ? {}
        : { goal_processor_seconds: trained.goal_steps.map((steps) => steps * perStep) }),
    };
    record({ bench: 'dice', case: name, subject: 'exp', metrics, quick, conditions: watch.conditions() });
    show(name, 'exp', metrics);

    const python = referencePython();
    if (values.peer !== undefined && python !== null) {
      const peerWatch = new Watch();
      peerWatch.add(null);
      const input = JSON.stringify({ data, seconds: Number(values.peer), goal: Object.values(GOAL) });
      const run = spawnSync(python, ['-W', 'ignore', 'bench/dice/peer.py'], {
        input,
        encoding: 'utf8',
        env: { ...process.env, ...TUNED },
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      if (run.status !== 0) throw new Error(`bench/dice/peer.py ended with ${run.status}`);
      const { metrics: theirs } = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '');
      record({
        bench: 'dice',
        case: name,
        subject: 'MONAI tuned',
        metrics: theirs,
        quick,
        conditions: peerWatch.conditions(),
      });
      show(name, 'MONAI tuned', theirs);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
