import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { trainingProgram } from '../../../compiler/graph/programs.ts';
import { trainingWorkload } from '../../../compiler/graph/workload.ts';
import {
  addMeasurement,
  calibrationPath,
  readCalibration,
  type StepMeasurement,
} from '../../../runtime/calibration/calibration-file.ts';
import { measureRun } from '../../../runtime/calibration/measure-run.ts';
import type { RunEvent } from '../../../runtime/events/schema.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { tinyPlan } from '../../helpers/tiny-plan.ts';

const plan = tinyPlan();
const program = trainingProgram(plan);
const workload = trainingWorkload(program);

function measurement(changes: Partial<StepMeasurement> = {}): StepMeasurement {
  return {
    ...{
      time: 1,
      source: 'run-1',
      environment: 'local',
      device: 'EPYC',
      engine: 'tensorflow-cpu 2.21.0',
      onGpu: false,
    },
    ...{ threads: 2, what: 'tiny', workload, secondsPerStep: 0.5, spread: 0.02, waitSeconds: 0, steps: 8 },
    ...{ stateBytes: 1e6, activationPeakBytes: 1e7, peakBytes: 5e8 },
    ...changes,
  };
}

function home(): NodeJS.ProcessEnv {
  return { EXP_CONFIG_DIR: join(temporaryFolder(), 'config') };
}

describe('the calibration file', () => {
  it('keeps what was added, oldest first', async () => {
    const env = home();
    expect(readCalibration(env)).toEqual([]);
    const [first, second] = [measurement(), measurement({ time: 2, secondsPerStep: 0.6 })];
    expect([await addMeasurement(first, env), await addMeasurement(second, env)]).toEqual([true, true]);
    expect(readCalibration(env)).toEqual([first, second]);
  });

  it('reads what was measured before convolutions in bfloat16 were counted by themselves', async () => {
    const env = home();
    await addMeasurement(measurement(), env);
    const text = readFileSync(calibrationPath(env), 'utf8');
    writeFileSync(calibrationPath(env), text.replace(/"bfloat16Flops": 0,?\s*/, ''));
    expect(readFileSync(calibrationPath(env), 'utf8')).not.toContain('bfloat16');
    expect(readCalibration(env)).toEqual([measurement()]);
  });

  it('loses nothing to others that write at the same moment, and leaves nothing beside it', async () => {
    const env = home();
    const all = Array.from({ length: 12 }, (_, time) =>
      measurement({ time, device: `device ${time}`, secondsPerStep: 1 + time }),
    );
    await Promise.all(all.map((each) => addMeasurement(each, env)));
    expect(
      readCalibration(env)
        .map(({ time }) => time)
        .toSorted((a, b) => a - b),
    ).toEqual(all.map(({ time }) => time));
    expect(readdirSync(env.EXP_CONFIG_DIR ?? '')).toEqual(['calibration.json']);
  });

  it('stays small: three of a step, sixty of a device, the newest', async () => {
    const env = home();
    for (let time = 0; time < 5; time++) await addMeasurement(measurement({ time }), env);
    expect(readCalibration(env).map(({ time }) => time)).toEqual([2, 3, 4]);
    const many = Array.from({ length: 80 }, (_, time) =>
      measurement({ time: 10 + time, workload: { ...workload, dispatches: time } }),
    );
    writeFileSync(calibrationPath(env), JSON.stringify({ version: 1, measurements: many }));
    await addMeasurement(measurement({ time: 1000 }), env);
    const kept = readCalibration(env);
    expect([kept.length, kept.at(0)?.time, kept.at(-1)?.time]).toEqual([60, 31, 1000]);
  });

  it('is begun anew where it is damaged, and passes over what it does not know', async () => {
    const env = home();
    await addMeasurement(measurement(), env);
    const content = JSON.parse(readFileSync(calibrationPath(env), 'utf8'));
    writeFileSync(
      calibrationPath(env),
      JSON.stringify({ ...content, measurements: [{ of: 'tomorrow' }, ...content.measurements] }),
    );
    expect(readCalibration(env)).toHaveLength(1);
    writeFileSync(calibrationPath(env), 'half a fi');
    expect(readCalibration(env)).toEqual([]);
    expect(await addMeasurement(measurement(), env)).toBe(true);
    expect(readCalibration(env)).toHaveLength(1);
  });

  it('is left alone with EXP_CALIBRATION=off', async () => {
    const env = home();
    await addMeasurement(measurement(), env);
    expect(readCalibration({ ...env, EXP_CALIBRATION: 'off' })).toEqual([]);
  });
});

describe('what a run says of the machine', () => {
  const engine = {
    backend: 'tensorflow-cpu',
    version: '2.21.0',
    device: 'EPYC',
    threads: 2,
    oneDnn: true,
    notice: null,
  } as const;

  function steps(seconds: readonly number[], wait = 0.1): RunEvent[] {
    return seconds.map((each, index) => ({
      ...{ type: 'step', sequence: index, time: index, epoch: 1, step: index + 1, stepInEpoch: index + 1 },
      ...{ loss: 1, learningRate: 1e-3, gradientNorm: 1, seconds: each + wait, waitSeconds: wait },
    }));
  }

  function system(machineCpuPercent: number): RunEvent {
    return {
      ...{ type: 'system', sequence: 99, time: 99, rssBytes: 1, cpuPercent: 0, machineCpuPercent },
      ...{ systemMemoryUsedBytes: 1, systemMemoryTotalBytes: 2, disk: null, network: null, gpus: [] },
    };
  }

  const run = (events: readonly RunEvent[]) =>
    measureRun({ runId: 'run-1', plan, program, engine, events, peakBytes: 5e8, now: 7 });

  it('is the median step without the first two and without the wait for data', () => {
    const told = run(steps([9, 4, 1, 1.1, 0.9, 1, 1.02]));
    expect(told).toMatchObject({ source: 'run-1', environment: 'local', device: 'EPYC', steps: 5, peakBytes: 5e8 });
    expect(told?.secondsPerStep).toBeCloseTo(1);
    expect(told?.waitSeconds).toBeCloseTo(0.1);
    expect(told?.workload).toEqual(workload);
  });

  it.each([
    ['too few steps', steps([9, 4, 1, 1, 1])],
    ['steps that differ by half', steps([9, 4, 1, 2, 1, 2, 1, 2])],
    ['a machine that was busy with something else', [...steps([9, 4, 1, 1, 1, 1, 1]), system(60)]],
  ])('is nothing after %s', (_, events) => {
    expect(run(events)).toBeNull();
  });
});
