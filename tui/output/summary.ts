import { existsSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { isComplete, type RunState, workedSeconds } from '../../runtime/events/run-state.ts';
import { isOfTest, metricLabel } from '../../runtime/metrics/table.ts';
import { type PlanTurn, turnText } from '../../runtime/run/plan-history.ts';
import type { TrackingState } from '../../runtime/tracking/tracker.ts';
import type { Context } from '../context.ts';
import { formatDuration, formatNumber, plural } from '../format/quantities.ts';
import { describeStatus } from '../screens/status.ts';
import { painter } from '../terminal/style.ts';
import { oneLine, toAscii } from '../terminal/text.ts';

export interface SummaryOptions extends Pick<Context, 'cwd' | 'terminal'> {
  readonly runDir: string;
  readonly tracking: TrackingState | null;
  /** Where it went on with another plan; none are shown unless given. */
  readonly turns?: readonly PlanTurn[];
  /** Whether to say why it failed: who has just seen it fail has read that. */
  readonly why?: boolean;
}

type Row = readonly [label: string, text: string];

/** Measured at the end, and no result. */
const NOT_A_RESULT: ReadonlySet<string> = new Set(['train.learning_rate']);

/** The result of a run: how it ended, what it reached, where its files are, how to go on. */
export function formatSummary(state: RunState, options: SummaryOptions): string {
  const { terminal } = options;
  const paint = painter(terminal.color);
  const status = describeStatus(state);
  const rows = [
    ...(options.why === true ? failure(state) : []),
    ...results(state),
    ...leftOut(state),
    ...turns(options.turns ?? []),
    ...expectations(state),
    ...places(state, options),
    ...tracking(options.tracking),
    ...next(state, options),
  ];
  const title = [state.run?.experiment, state.run?.profile].filter((part) => part != null).join(' · ');
  const labelColumns = Math.max(...rows.map(([label]) => label.length)) + 2;
  const text = [
    `${paint(status.text, status.tone)}${title === '' ? '' : `  ${paint(title, 'strong')}`}  ${extent(state)}`,
    ...rows.map(([label, value]) => `  ${paint(label.padEnd(labelColumns), 'dim')}${value}`),
  ].join('\n');
  // Escape codes are ASCII already.
  return `${terminal.unicode ? text : text.split('\n').map(toAscii).join('\n')}\n`;
}

function extent(state: RunState): string {
  const seconds = workedSeconds(state, state.updatedAt ?? 0) ?? 0;
  return `${plural(wholeEpochs(state), 'epoch')}, ${plural(state.step, 'step')}, ${formatDuration(seconds)}`;
}

/** The epoch in which a run ended early was not gone through. */
function wholeEpochs({ data, step }: RunState): number {
  return data === null ? 0 : Math.floor(step / data.stepsPerEpoch);
}

function failure({ finished }: RunState): readonly Row[] {
  const error = finished?.error ?? null;
  if (error === null) return [];
  const { code, message, help } = error;
  return [['error', `${code}: ${oneLine(message)}`], ...(help === null ? [] : [['', oneLine(help)] as const])];
}

function results(state: RunState): readonly Row[] {
  const classes = state.data?.classes ?? [];
  const best = state.finished?.best ?? (state.best === null ? null : { metric: state.watch.metric, ...state.best });
  const rows: Row[] =
    best === null
      ? []
      : [['best', `${metricLabel(best.metric, classes)} ${formatNumber(best.value)} in epoch ${best.epoch}`]];
  for (const [name, value] of Object.entries(state.finished?.metrics ?? {}))
    if (name !== best?.metric && !NOT_A_RESULT.has(name))
      rows.push([metricLabel(name, classes), `${formatNumber(value)}${isOfTest(name) ? testedOver(state) : ''}`]);
  return rows;
}

/** A mean over three cases is another thing than one over thirty. */
export function testedOver({ data }: Pick<RunState, 'data'>): string {
  return data === null ? '' : ` (${plural(data.subjects.test.length, 'case')})`;
}

/** As many of the steps as fit into a line. */
const STEPS_NAMED = 8;

function leftOut({ skippedSteps }: RunState): readonly Row[] {
  if (skippedSteps.length === 0) return [];
  const named = skippedSteps.slice(0, STEPS_NAMED).join(', ');
  const text = `${plural(skippedSteps.length, 'step')} that were no numbers: ${named}`;
  return [['left out', skippedSteps.length > STEPS_NAMED ? `${text}, …` : text]];
}

function turns(history: readonly PlanTurn[]): readonly Row[] {
  return history.map((turn): Row => ['plan changed', `after step ${turn.step}: ${turnText(turn)}`]);
}

function expectations(state: RunState): readonly Row[] {
  return (state.finished?.expectations ?? []).map(({ text, value, held }): Row => {
    const reached = value === null ? 'was not measured' : `is ${formatNumber(value)}`;
    return ['expect', `${held ? '✓' : '✗'} ${text} ${held ? 'holds' : 'does not hold'}: it ${reached}`];
  });
}

function places(state: RunState, { runDir, cwd }: SummaryOptions): readonly Row[] {
  const show = (path: string) => shortest(cwd, join(runDir, path));
  const checkpoint = state.bestCheckpoint ?? state.lastCheckpoint;
  const rows: Row[] = [];
  if (checkpoint !== null) rows.push(['checkpoint', show(checkpoint.path)]);
  const [first] = state.predictions;
  if (first !== undefined)
    rows.push([
      'predictions',
      `${plural(state.predictions.length, 'case')} in ${show(first.path.split('/')[0] ?? '')}`,
    ]);
  rows.push(['run folder', show('.')]);
  if (state.finished?.error != null && existsSync(join(runDir, 'log.txt'))) rows.push(['log', show('log.txt')]);
  return rows;
}

function tracking(told: TrackingState | null): readonly Row[] {
  if (told === null || (told.url === null && told.notice === null)) return [];
  const rows: Row[] = told.url === null ? [] : [['mlflow', told.url]];
  return told.notice === null ? rows : [...rows, ['', told.notice]];
}

function next(state: RunState, { runDir }: SummaryOptions): readonly Row[] {
  const { finished } = state;
  const isWhole = finished !== null && isComplete(finished);
  if (isWhole || state.lastCheckpoint === null) return [];
  // The folder of a run of a sweep is named by its number alone.
  return [['continue', `exp resume ${state.run?.runId ?? basename(runDir)}`]];
}

/** Relative to where the user stands, unless that climbs. */
function shortest(cwd: string, path: string): string {
  const fromHere = relative(cwd, path);
  return fromHere.startsWith('..') ? path : fromHere;
}
