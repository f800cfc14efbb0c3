import type { Plan } from '../../compiler/plan/schema.ts';
import type { RunState } from '../../runtime/events/run-state.ts';
import type { TrackingState } from '../../runtime/tracking/tracker.ts';
import { formatBytes, formatCount, formatDuration, plural } from '../format/quantities.ts';
import { facts, Line, type Piece, piece } from './line.tsx';
import { bar } from './progress.tsx';

export interface FactsProps {
  readonly state: RunState;
  readonly plan: Plan | null;
  /** Null where nobody here delivers: a run that is only watched, or one without tracking. */
  readonly tracking: TrackingState | null;
  readonly now: number;
  readonly columns: number;
}

/** A line of the panel, or null while there is nothing to say. One function a line, one line in the table below. */
type Fact = (props: FactsProps) => readonly (readonly Piece[])[] | null;

const LABEL_COLUMNS = 10;
const BAR_COLUMNS = 12;

const FACTS: readonly (readonly [label: string, fact: Fact])[] = [
  ['memory', memory],
  ['model', model],
  ['data', data],
  ['tracking', tracking],
];

/** What was planned, what is true, and who is told. */
export function Facts(props: FactsProps & { readonly rows: number }) {
  const lines = FACTS.flatMap(([label, fact]) => {
    const items = fact(props);
    return items === null ? [] : [{ label, items }];
  });
  return (
    <>
      {lines.slice(0, props.rows).map(({ label, items }) => (
        <Line
          key={label}
          columns={props.columns}
          pieces={[piece(label.padEnd(LABEL_COLUMNS), 'dim'), ...facts(items, props.columns - LABEL_COLUMNS)]}
        />
      ))}
    </>
  );
}

function memory({ state }: FactsProps): readonly (readonly Piece[])[] | null {
  const { model, system } = state;
  const items: Piece[][] = [];
  if (system !== null) {
    const share = system.rssBytes / system.systemMemoryTotalBytes;
    items.push([
      ...bar(share, BAR_COLUMNS),
      piece(` ${formatBytes(system.rssBytes)} of ${formatBytes(system.systemMemoryTotalBytes)}`),
    ]);
  }
  if (model !== null) items.push([piece(`planned ${formatBytes(model.plannedPeakBytes)}`, 'dim')]);
  if (state.peakRssBytes > 0) items.push([piece(`peak ${formatBytes(state.peakRssBytes)}`, 'dim')]);
  return items.length === 0 ? null : items;
}

function model({ state, plan }: FactsProps): readonly (readonly Piece[])[] | null {
  const name = state.model?.name ?? plan?.model.name;
  if (name === undefined) return null;
  const items: Piece[][] = [[piece(name)]];
  const parameters = state.model?.parameters ?? plan?.facts.parameters;
  if (parameters !== undefined) items.push([piece(`${formatCount(parameters)} parameters`, 'dim')]);
  if (plan !== null)
    items.push([piece(`patch ${plan.patch.join('×')}`, 'dim')], [piece(`batch ${plan.batchSize}`, 'dim')]);
  return items;
}

function data({ state }: FactsProps): readonly (readonly Piece[])[] | null {
  if (state.data === null) return null;
  const { train, validation, test } = state.data.subjects;
  return [
    [piece(state.data.name)],
    [piece(`${train.length} train, ${validation.length} validation, ${test.length} test`, 'dim')],
    [piece(`${plural(state.data.stepsPerEpoch, 'step')} an epoch`, 'dim')],
  ];
}

function tracking({ plan, tracking: told, now }: FactsProps): readonly (readonly Piece[])[] | null {
  if (plan?.track == null) return null;
  if (told === null) return [[piece(`MLflow, experiment ${plan.track.experiment}`, 'dim')]];
  if (told.url === null) return [[piece('kept here; set MLFLOW_TRACKING_URI to send it to MLflow', 'dim')]];
  if (told.downSince !== null) {
    const away = formatDuration((now - told.downSince) / 1000);
    return [[piece(`MLflow does not answer for ${away}; ${plural(told.queued, 'item')} kept`, 'warning')]];
  }
  return [
    [piece(told.queued === 0 ? 'MLflow is up to date' : `MLflow, ${told.queued} to send`)],
    [piece(told.url, 'dim')],
  ];
}
