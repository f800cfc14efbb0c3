import type { RunState } from '../../runtime/events/run-state.ts';
import { formatDuration, formatNumber, formatPercent, plural } from '../format/quantities.ts';
import { between, facts, Line, type Piece, piece } from './line.tsx';

/** A trainer says something at least every step; silence of a minute is worth a word. */
const QUIET_AFTER_SECONDS = 60;

/** How far the run is, how fast it goes, and what it does now. */
export function Progress(props: {
  readonly state: RunState;
  readonly now: number;
  readonly columns: number;
  readonly rows: number;
}) {
  const { state, now, columns, rows } = props;
  return (
    <>
      <Line columns={columns} pieces={overall(state, columns)} />
      {rows > 1 && <Line columns={columns} pieces={facts(pace(state), columns)} />}
      {rows > 2 && <Line columns={columns} pieces={activity(state, now)} />}
    </>
  );
}

function overall(state: RunState, columns: number): readonly Piece[] {
  const epochs = state.data?.epochs ?? null;
  const share = state.totalSteps === null ? 0 : Math.min(1, state.step / state.totalSteps);
  const left = [
    piece('epoch '),
    piece(`${state.epoch}`, 'strong'),
    piece(epochs === null ? '' : ` / ${epochs}`, 'dim'),
  ];
  const eta = remaining(state);
  const right = [piece(formatPercent(share), 'strong'), piece(eta === null ? '' : `  ${eta}`)];
  const label = `epoch ${state.epoch}${epochs === null ? '' : ` / ${epochs}`}`.length;
  const tail = formatPercent(share).length + (eta === null ? 0 : eta.length + 2);
  const width = columns - label - tail - 4;
  if (width < 6) return between(left, right, columns);
  return [...left, piece('  '), ...bar(share, width), piece('  '), ...right];
}

function remaining(state: RunState): string | null {
  if (state.finished !== null) return null;
  return state.etaSeconds === null ? 'estimating' : `${formatDuration(state.etaSeconds)} left`;
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** @param share from 0 to 1 @returns pieces of exactly `columns` signs */
export function bar(share: number, columns: number): readonly Piece[] {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * columns * 8);
  const full = Math.floor(eighths / 8);
  const part = EIGHTHS[eighths % 8] ?? '';
  return [piece('█'.repeat(full) + part, 'accent'), piece('─'.repeat(columns - full - part.length), 'dim')];
}

function pace(state: RunState): readonly (readonly Piece[])[] {
  const { lastStep, data } = state;
  const items: Piece[][] = [];
  if (data !== null)
    items.push([piece('step '), piece(`${state.stepInEpoch}`, 'strong'), piece(` / ${data.stepsPerEpoch}`, 'dim')]);
  if (state.secondsPerStep !== null) items.push([piece(`${formatSeconds(state.secondsPerStep)} a step`)]);
  if (state.waitFraction !== null) {
    const waits = state.waitFraction > 0.2;
    items.push([piece(`${formatPercent(state.waitFraction)} waiting for data`, waits ? 'warning' : 'dim')]);
  }
  if (lastStep !== null) {
    items.push([piece(`learning rate ${formatNumber(lastStep.learningRate)}`, 'dim')]);
    if (lastStep.gradientNorm !== null) items.push([piece(`gradient ${formatNumber(lastStep.gradientNorm)}`, 'dim')]);
  }
  return items;
}

function formatSeconds(seconds: number): string {
  return seconds < 10 ? `${seconds.toFixed(2)} s` : formatDuration(seconds);
}

function activity(state: RunState, now: number): readonly Piece[] {
  const quiet = state.updatedAt === null ? 0 : (now - state.updatedAt) / 1000;
  if (state.finished === null && quiet > QUIET_AFTER_SECONDS)
    return [piece(`no word from the trainer for ${formatDuration(quiet)}`, 'warning')];
  if (state.validation !== null) {
    const { casesDone, cases } = state.validation;
    return [piece('validating '), piece(`${casesDone}`, 'strong'), piece(` / ${plural(cases, 'case')}`, 'dim')];
  }
  if (state.phase === 'predicting')
    return [piece(`writing predictions: ${plural(state.predictions.length, 'case')} so far`)];
  const checkpoint = state.lastCheckpoint;
  if (checkpoint !== null)
    return [piece(`last checkpoint at step ${checkpoint.step}, epoch ${checkpoint.epoch}`, 'dim')];
  return [piece(state.finished === null ? 'no checkpoint yet' : '', 'dim')];
}
