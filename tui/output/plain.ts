import { assertNever } from '../../dsl/assert-never.ts';
import { rungText, skippedText } from '../../runtime/events/reduce.ts';
import type { LogLine, RunState } from '../../runtime/events/run-state.ts';
import type { RunEvent } from '../../runtime/events/schema.ts';
import { metricLabel } from '../../runtime/metrics/table.ts';
import { formatCount, formatDuration, formatNumber, formatTime, plural } from '../format/quantities.ts';
import { engineName } from '../screens/status.ts';
import { oneLine } from '../terminal/text.ts';

/** What a log says of one event: milestones, no steps. */
export interface Note {
  readonly time: number;
  readonly level: LogLine['level'];
  readonly text: string;
}

/** @param state after the event @returns null for events that are not worth a line */
export function noteOf(event: RunEvent, state: RunState): Note | null {
  const text = describe(event, state);
  return text === null ? null : { time: event.time, level: levelOf(event), text: oneLine(text) };
}

/** The note as one plain line. */
export function plainLine({ time, level, text }: Note): string {
  return `${formatTime(time)}  ${level === 'info' ? '' : `${level}: `}${text}`;
}

function levelOf(event: RunEvent): Note['level'] {
  if (event.type === 'log') return event.level;
  if (event.type === 'step_skipped') return 'warning';
  return event.type === 'engine' && event.notice !== null ? 'warning' : 'info';
}

function describe(event: RunEvent, state: RunState): string | null {
  switch (event.type) {
    case 'run_started': {
      const profile = event.profile === null ? '' : ` · ${event.profile}`;
      const from = event.resumedFromStep === null ? '' : `, from step ${event.resumedFromStep}`;
      return `run ${event.runId}: ${event.experiment}${profile}${from}`;
    }
    case 'engine': {
      const notice = event.notice === null ? '' : `; ${event.notice}`;
      return `engine ${engineName(event.backend)} ${event.version}, ${plural(event.threads, 'thread')}${notice}`;
    }
    case 'data': {
      const { train, validation, test } = event.subjects;
      return `data ${event.name}: ${train.length} train, ${validation.length} validation, ${test.length} test; ${plural(event.stepsPerEpoch, 'step')} an epoch`;
    }
    case 'model':
      return `model ${event.name}, ${formatCount(event.parameters)} parameters`;
    case 'epoch_finished': {
      const epochs = state.data === null ? '' : `/${state.data.epochs}`;
      const pace = state.secondsPerStep === null ? '' : `, ${state.secondsPerStep.toFixed(2)} s a step`;
      return `epoch ${event.epoch}${epochs}: ${metricsText(event.metrics, state)}, ${formatDuration(event.seconds)}${pace}`;
    }
    case 'validation_finished': {
      const best = event.best ? ', best so far' : '';
      const when = event.asked ? `as asked, at step ${event.step}` : `after epoch ${event.epoch}`;
      return `validation ${when}: ${metricsText(event.metrics, state)}${best}, ${formatDuration(event.seconds)}`;
    }
    case 'checkpoint':
      // The one at the end of every epoch goes without saying.
      if (event.kind === 'last' && state.metrics['train.loss']?.at(-1)?.step === event.step) return null;
      return `checkpoint ${event.path} (${event.kind}, step ${event.step})`;
    case 'prediction': {
      const means = metricsText(Object.fromEntries(Object.entries(event.metrics).filter(isOfAllClasses)), state);
      return `prediction ${event.path}${means === '' ? '' : `: ${means}`}`;
    }
    case 'paused':
      return `paused after step ${event.step}`;
    case 'continued':
      return `goes on after step ${event.step}`;
    case 'step_skipped':
      return skippedText(event);
    case 'rung':
      return rungText(event);
    case 'log':
      return event.message;
    case 'run_finished':
    case 'weights':
    case 'epoch_started':
    case 'step':
    case 'system':
    case 'validation_started':
    case 'validation_case':
      return null;
    default:
      return assertNever(event);
  }
}

/** What counts for all classes first: narrow screens cut lines. */
export function metricsText(metrics: Readonly<Record<string, number>>, { data }: RunState): string {
  const entries = Object.entries(metrics);
  return [...entries.filter(isOfAllClasses), ...entries.filter((entry) => !isOfAllClasses(entry))]
    .map(([name, value]) => `${metricLabel(name, data?.classes ?? [])} ${formatNumber(value)}`)
    .join(', ');
}

/** `val.dice` and not `val.dice.2`. */
function isOfAllClasses([name]: readonly [name: string, value: number]): boolean {
  return !/\.\d+$/.test(name);
}
