import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CALIBRATION_EXPERIMENTS } from '../../compiler/catalogue/calibration.ts';
import { compile } from '../../compiler/compile.ts';
import { type Estimate, estimate } from '../../compiler/estimate.ts';
import type { PlanFile } from '../../compiler/plan/schema.ts';
import {
  calibrationPath,
  isCalibrating,
  readCalibration,
  type StepMeasurement,
} from '../../runtime/calibration/calibration-file.ts';
import { RunError } from '../../runtime/errors.ts';
import { launchTrainer } from '../../runtime/run/launch.ts';
import { createRun } from '../../runtime/run/run-folder.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { printFailure, UsageError } from '../failures.ts';
import { formatBytes, formatStepTime, stepTimes } from '../format/quantities.ts';
import type { Documents } from '../json/documents.ts';
import { jsonDocument } from '../json/write.ts';
import { outlookHere } from '../outlook.ts';
import { columns } from '../output/table.ts';
import { outside } from '../outside.ts';
import { toAscii } from '../terminal/text.ts';
import { ensureEngine } from './engine-setup.ts';
import { watchInterrupts } from './interrupts.ts';

export interface CalibrateOptions {
  readonly environment?: string;
  readonly file?: string;
  readonly json?: boolean;
}

interface Calibrated {
  readonly name: string;
  /** What was expected before. */
  readonly before: Estimate;
  /** Null where the steps said nothing: other programs were in the way. */
  readonly measured: StepMeasurement | null;
}

/** `exp calibrate`: a few steps of small experiments through the trainer itself, which feeds the user's calibration. */
export async function calibrate(context: Context, options: CalibrateOptions): Promise<ExitCode> {
  if (!isCalibrating(context.environment))
    throw new UsageError('EXP_CALIBRATION=off: nothing would be kept', 'unset it, and calibrate again');
  const say = (text: string) => {
    if (options.json !== true) context.stdout.write(context.terminal.unicode ? text : toAscii(text));
  };
  const plans = CALIBRATION_EXPERIMENTS.map(({ name, text }) => ({
    name,
    text,
    planFile: planOf(context, text, options),
  }));
  await ensureEngine(context, options.json === true);
  const runsDir = mkdtempSync(join(tmpdir(), 'voxel-exp-calibrate-'));
  const results: Calibrated[] = [];
  try {
    for (const { name, text, planFile } of plans) {
      say(`${name}: a dozen steps\n`);
      results.push(await measure(context, { name, text, planFile, runsDir }));
    }
  } finally {
    rmSync(runsDir, { recursive: true, force: true });
  }
  if (options.json === true) context.stdout.write(jsonDocument('calibrate', results.map(asJson)));
  else say(describe(context, results));
  if (results.every(({ measured }) => measured !== null)) return EXIT.ok;
  printFailure(context, {
    message:
      'some of the steps said nothing of this machine: other programs kept it busy, or the file cannot be written',
    help: `calibrate again when the machine is quiet; the file is ${calibrationPath(context.environment)}`,
  });
  return EXIT.failed;
}

/** On the environment that the options name. @throws UsageError where there is none of that name */
function planOf(context: Context, experiment: string, { environment = 'local', file }: CalibrateOptions): PlanFile {
  const imported = file === undefined ? '' : `import ${JSON.stringify(file)}\n`;
  const text = `${imported}${experiment.replace(/\}\n$/, `  profile here on ${environment} { }\n}\n`)}`;
  const source = { path: 'calibrate.exp', text };
  const { planFile, diagnostics } = compile(source, { profile: 'here', set: [], ...outside(context) });
  if (planFile !== null) return planFile;
  const error = diagnostics.find(({ severity }) => severity === 'error');
  throw new UsageError(
    error === undefined ? `there is no environment ${environment}` : `--environment ${environment}: ${error.message}`,
    file === undefined ? 'an environment of your own is read with --file FILE.exp' : (error?.help ?? null),
  );
}

interface CalibrationRun {
  readonly name: string;
  readonly text: string;
  readonly planFile: PlanFile;
  readonly runsDir: string;
}

async function measure(context: Context, { name, text, planFile, runsDir }: CalibrationRun): Promise<Calibrated> {
  const before = estimate(planFile.plan, outlookHere(context, 'calibrate.exp'));
  const run = createRun({ runsDir, planFile, source: text, sourcePath: 'calibrate.exp', baseDir: runsDir });
  const trainer = await launchTrainer(run.dir, { environment: context.environment });
  const interrupts = watchInterrupts({
    stop: () => trainer.kill(),
    kill: () => trainer.kill(),
    hangUp: () => trainer.kill(),
  });
  try {
    const { finished } = await trainer.ended;
    if (finished.status === 'killed') throw new RunError('the calibration was stopped');
    if (finished.error !== null) {
      const { message, help } = finished.error;
      throw new RunError(`${name} could not be trained: ${message}`, help === null ? {} : { help });
    }
  } finally {
    interrupts.close();
  }
  const measured = readCalibration(context.environment).findLast(({ source }) => source === run.id) ?? null;
  return { name, before, measured };
}

function describe(context: Context, results: readonly Calibrated[]): string {
  const rows = results.map(({ name, before, measured }) => [
    name,
    measured === null ? '–' : formatStepTime(measured.secondsPerStep),
    before.stepSeconds === null ? '–' : stepTimes(before.stepSeconds),
    measured?.peakBytes == null ? '–' : formatBytes(measured.peakBytes),
    formatBytes(before.expectedBytes),
  ]);
  const count = readCalibration(context.environment).length;
  return [
    '',
    ...columns([['', 'a step', 'expected before', 'memory', 'expected before'], ...rows]),
    '',
    `${count} measurements in ${calibrationPath(context.environment)}; every run adds its own`,
    '',
  ].join('\n');
}

function asJson({ name, before, measured }: Calibrated): Documents['calibrate'][number] {
  return { name, expectedBefore: { stepSeconds: before.stepSeconds, peakBytes: before.expectedBytes }, measured };
}
