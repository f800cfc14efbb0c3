import { dirname, resolve } from 'node:path';
import type { Plan, PlanPostprocess } from '../../compiler/plan/schema.ts';
import { assertNever } from '../../dsl/assert-never.ts';
import { parseAxes } from '../../runtime/inference/flips.ts';
import { isMetricName } from '../../runtime/metrics/table.ts';
import type { PredictEvent, PredictEventOf } from '../../runtime/predict/events.ts';
import { launchPredict } from '../../runtime/predict/launch.ts';
import type { PredictRequest } from '../../runtime/predict/request.ts';
import type { EvaluateOptions, PredictCommandOptions, SegmentOptions } from '../commands/segment-options.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { printFailure, UsageError } from '../failures.ts';
import { jsonLine } from '../json/write.ts';
import { formatCaseTable, formatCsv } from '../output/case-table.ts';
import { openPredictProgress } from '../output/predict-progress.ts';
import { oneLine } from '../terminal/text.ts';
import { ensureEngine } from './engine-setup.ts';
import { watchInterrupts } from './interrupts.ts';
import { planFor } from './weights-model.ts';

/** `exp predict WEIGHTS INPUT…` */
export function predictInputs(
  context: Context,
  target: string,
  inputs: readonly string[],
  options: PredictCommandOptions,
): Promise<ExitCode> {
  const absolute = (path: string) => resolve(context.cwd, path);
  const cases = { kind: 'inputs', paths: inputs.map(absolute), image: options.image ?? null } as const;
  return attendPrediction(context, target, cases, outputOf(context, options), options);
}

/** `exp evaluate WEIGHTS` */
export function evaluateOn(context: Context, target: string, options: EvaluateOptions): Promise<ExitCode> {
  if (options.data !== undefined && options.split !== undefined)
    throw new UsageError('--data and --split both say what to evaluate on', 'give one of them');
  if (options.data === undefined && (options.image !== undefined || options.label !== undefined))
    throw new UsageError('--image and --label say which files of --data are meant', 'add --data FOLDER');
  const cases: PredictRequest['cases'] =
    options.data === undefined
      ? { kind: 'split', part: partOf(options.split) }
      : {
          kind: 'dataset',
          root: resolve(context.cwd, options.data),
          image: options.image ?? null,
          label: options.label ?? null,
        };
  return attendPrediction(context, target, cases, outputOf(context, { ...options, optional: true }), options);
}

const PARTS = ['train', 'validation', 'test', 'all'] as const;

function partOf(text: string | undefined): (typeof PARTS)[number] | null {
  if (text === undefined) return null;
  const part = PARTS.find((name) => name === text);
  if (part === undefined) throw new UsageError(`there is no part ${text}`, `--split takes ${PARTS.join(', ')}`);
  return part;
}

interface OutputWish {
  readonly output?: string;
  readonly beside?: boolean;
  /** Whether nothing need be written. */
  readonly optional?: boolean;
}

function outputOf(context: Context, { output, beside, optional }: OutputWish): PredictRequest['output'] {
  if (output !== undefined && beside === true)
    throw new UsageError('-o and --beside both say where to write', 'give one of them');
  if (beside === true) return { kind: 'beside' };
  if (output === undefined && optional === true) return { kind: 'none' };
  const path = resolve(context.cwd, output ?? 'predictions');
  return /\.nii(\.gz)?$/i.test(path) ? { kind: 'file', path } : { kind: 'derivative', folder: path };
}

/** Starts the process that predicts, shows what it does, and stays until it has ended. */
async function attendPrediction(
  context: Context,
  target: string,
  cases: PredictRequest['cases'],
  output: PredictRequest['output'],
  options: SegmentOptions,
): Promise<ExitCode> {
  if (options.json === true && options.csv === true)
    throw new UsageError('--json and --csv exclude each other', 'give one of them');
  const request: PredictRequest = {
    weights: weightsOf(context, target, options),
    cases,
    output,
    overrides: overridesOf(options),
    restore: options.restore,
    probabilities: options.probabilities === true,
    overviews: options.overviews,
  };
  const machineReadable = options.json === true || options.csv === true;
  await ensureEngine(context, machineReadable);
  const child = launchPredict(request, context.environment);
  const interrupts = watchInterrupts({
    stop: () => {
      context.stderr.write('stopping; Ctrl-C again ends it at once\n');
      child.stop();
    },
    kill: () => child.kill(),
    hangUp: () => child.kill(),
  });
  const progress = openPredictProgress(context, machineReadable);
  const events: PredictEvent[] = [];
  try {
    for await (const event of child.events) {
      events.push(event);
      if (options.json === true) context.stdout.write(jsonLine('predict-events', event));
      progress.show(event);
    }
  } finally {
    progress.close();
    interrupts.close();
  }
  return conclude(context, events, options);
}

function conclude(context: Context, events: readonly PredictEvent[], options: SegmentOptions): ExitCode {
  const started = eventOf(events, 'started');
  const done = events.filter((event) => event.type === 'case_finished');
  if (started !== undefined && options.json !== true) {
    const table = { classes: started.classes, metrics: started.metrics, cases: done };
    context.stdout.write(options.csv === true ? formatCsv(table) : formatCaseTable(table, context.terminal.unicode));
  }
  for (const event of events) if (event.type === 'case_failed' || event.type === 'failed') printFailure(context, event);
  if (events.some((event) => event.type === 'failed' || event.type === 'case_failed')) return EXIT.failed;
  const finished = eventOf(events, 'finished');
  if (finished === undefined) return EXIT.interrupted;
  switch (finished.status) {
    case 'completed':
      return EXIT.ok;
    case 'stopped':
      return EXIT.interrupted;
    default:
      return assertNever(finished.status);
  }
}

function eventOf<T extends PredictEvent['type']>(
  events: readonly PredictEvent[],
  type: T,
): PredictEventOf<T> | undefined {
  return events.find((event): event is PredictEventOf<T> => event.type === type);
}

function weightsOf(context: Context, target: string, options: SegmentOptions): PredictRequest['weights'] {
  const plan: Plan | null = planFor(context, options);
  return {
    target,
    cwd: context.cwd,
    runsDir: resolve(context.cwd, options.runsDir),
    checkpoint: options.checkpoint ?? null,
    plan,
    baseDir: options.model === undefined ? context.cwd : dirname(resolve(context.cwd, options.model)),
  };
}

function overridesOf(options: SegmentOptions): PredictRequest['overrides'] {
  return {
    flips: flipsOf(options.flips),
    overlap: options.overlap ?? null,
    precision: options.precision ?? null,
    batchSize: options.swBatchSize ?? null,
    postprocess: options.postprocess === undefined ? null : options.postprocess.map(parseStep),
    metrics: metricsOf(options.metrics),
  };
}

function flipsOf(text: string | undefined): PredictRequest['overrides']['flips'] {
  if (text === undefined) return null;
  if (text === 'none') return [];
  const axes = parseAxes(text);
  if (axes === null) throw new UsageError(`--flips ${text} names no axes`, 'for example --flips x,y,z or --flips none');
  return axes;
}

function metricsOf(text: string | undefined): PredictRequest['overrides']['metrics'] {
  if (text === undefined) return null;
  return text.split(',').map((name) => {
    const trimmed = name.trim();
    if (isMetricName(trimmed)) return trimmed;
    throw new UsageError(`there is no metric ${oneLine(trimmed)}`, 'the reference of `metrics` lists them');
  });
}

/** `fill_holes`, or `largest_component:1,2` for certain classes. */
function parseStep(text: string): PlanPostprocess {
  const [kind = '', labels] = text.split(':');
  const classes = labels === undefined ? null : labels.split(',').map(Number);
  const isKnown = kind === 'largest_component' || kind === 'fill_holes';
  if (isKnown && (classes === null || classes.every((label) => Number.isInteger(label) && label > 0)))
    return { kind, classes };
  throw new UsageError(
    `--postprocess ${oneLine(text)} is no step`,
    'it is largest_component or fill_holes, with classes where not all are meant: largest_component:1,2',
  );
}
