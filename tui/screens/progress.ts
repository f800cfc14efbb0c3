import type { RunState } from '../../runtime/events/run-state.ts';
import { formatDuration, formatNumber, formatPercent, plural } from '../format/quantities.ts';
import { textLength } from '../terminal/text.ts';
import { between, facts, type Line, piece } from './piece.ts';

/** A trainer says something at least every step; silence of a minute is worth a word. */
const QUIET_AFTER_SECONDS = 60;

/** How far the run is, how fast it goes, and what it does now: three lines, the most telling first. */
export function progressLines(state: RunState, now: number, columns: number): readonly Line[] {
  return [overall(state, columns), facts(pace(state), columns), activity(state, now)];
}

function overall(state: RunState, columns: number): Line {
  const epochs = state.data?.epochs ?? null;
  const share = state.totalSteps === null ? 0 : Math.min(1, state.step / state.totalSteps);
  const left = [
    piece('epoch '),
    piece(`${state.epoch}`, 'strong'),
    piece(epochs === null ? '' : ` / ${epochs}`, 'dim'),
  ];
  const label = left.reduce((length, { text }) => length + text.length, 0);
  const widths = (eta: string | null) =>
    columns - label - formatPercent(share).length - (eta === null ? 0 : textLength(eta) + 2) - 4;
  // The band gives way before the bar gets short.
  const eta = remaining(state).find((text, index, all) => widths(text) >= (index < all.length - 1 ? 16 : 6)) ?? null;
  const right = [piece(formatPercent(share), 'strong'), piece(eta === null ? '' : `  ${eta}`)];
  const width = widths(eta);
  if (width < 6) return between(left, right, columns);
  return [...left, piece('  '), ...bar(share, width), piece('  '), ...right];
}

/** From the longest wording to the shortest. */
function remaining(state: RunState): readonly string[] {
  if (state.finished !== null) return [];
  const { etaSeconds: seconds, paceSpread } = state;
  if (seconds === null) return ['estimating'];
  const left = `${formatDuration(seconds)} left`;
  // What a validation takes is known after the first one only.
  const isShort = state.validations === 0 && (state.data?.subjects.validation.length ?? 0) > 0;
  if (isShort) return [`at least ${left}`, left];
  return paceSpread === null ? [left] : [`${left} ±${formatDuration(seconds * paceSpread)}`, left];
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** @param share from 0 to 1 @returns pieces of exactly `columns` signs */
export function bar(share: number, columns: number): Line {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * columns * 8);
  const full = Math.floor(eighths / 8);
  const part = EIGHTHS[eighths % 8] ?? '';
  return [piece('█'.repeat(full) + part, 'accent'), piece('─'.repeat(columns - full - part.length), 'dim')];
}

function pace(state: RunState): readonly Line[] {
  const { lastStep, data } = state;
  const items: Line[] = [];
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
  if (seconds < 0.1) return `${(seconds * 1000).toFixed(0)} ms`;
  return seconds < 10 ? `${seconds.toFixed(2)} s` : formatDuration(seconds);
}

function activity(state: RunState, now: number): Line {
  const quiet = state.updatedAt === null ? 0 : (now - state.updatedAt) / 1000;
  if (state.paused) return [piece('paused; p goes on', 'warning')];
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
