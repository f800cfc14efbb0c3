import type { ExpectedMemory } from '../../compiler/estimate.ts';
import type { Budget, Plan } from '../../compiler/plan/schema.ts';
import type { RunState } from '../../runtime/events/run-state.ts';
import { secondsWithin, spendOf, spendText } from '../../runtime/run/spend.ts';
import type { TrackingState } from '../../runtime/tracking/tracker.ts';
import { formatBytes, formatCount, formatDuration, formatNumber, formatUsd, plural } from '../format/quantities.ts';
import type { Tone } from '../terminal/style.ts';
import { facts, type Line, piece } from './piece.ts';
import { bar } from './progress.ts';

export interface FactsOf {
  readonly state: RunState;
  readonly plan: Plan | null;
  /** The run's, which may be larger than its plan's. */
  readonly budget: Budget | null;
  readonly memory: ExpectedMemory | null;
  readonly tracking: TrackingState | null;
  readonly now: number;
  readonly columns: number;
}

/** A line of the panel, or null while there is nothing to say. One function a line, one line in the table below. */
type Fact = (of: FactsOf) => readonly Line[] | null;

const LABEL_COLUMNS = 10;
const BAR_COLUMNS = 12;

/** In the order of their worth: a low terminal shows the first. */
const FACTS: readonly (readonly [label: string, fact: Fact])[] = [
  ['memory', memory],
  ['compute', compute],
  ['cost', cost],
  ['tracking', tracking],
  ['plan', plan],
  ['data', data],
];

/** What was planned, what is true, and who is told. */
export function factLines(of: FactsOf, rows: number): readonly Line[] {
  return FACTS.flatMap(([label, fact]): readonly Line[] => {
    const items = fact(of);
    if (items === null || items.length === 0) return [];
    return [[piece(label.padEnd(LABEL_COLUMNS), 'dim'), ...facts(items, of.columns - LABEL_COLUMNS)]];
  }).slice(0, rows);
}

/** Expected against measured: what lies above the band is worth a look. */
function memory({ state, plan: planned, memory: expected }: FactsOf): readonly Line[] | null {
  const { system } = state;
  const band =
    expected === null ? null : `planned ${formatBytes(expected.expected)}, at most ${formatBytes(expected.high)}`;
  if (system === null) return band === null ? null : [[piece(band, 'dim')]];
  const onGpu = state.engine?.backend === 'tensorflow-cuda';
  const [gpu] = onGpu ? system.gpus : [];
  const isOfGpu = gpu?.memoryUsedBytes != null && gpu.memoryTotalBytes !== null;
  const used = isOfGpu ? (gpu.memoryUsedBytes ?? 0) : system.rssBytes;
  const total = isOfGpu ? (gpu.memoryTotalBytes ?? 0) : system.systemMemoryTotalBytes;
  const items: Line[] = [[...bar(used / total, BAR_COLUMNS), piece(` ${formatBytes(used)} of ${formatBytes(total)}`)]];
  const peak = Math.max(state.peakRssBytes, used);
  if (!isOfGpu) items.push([piece(`peak ${formatBytes(peak)}`, 'dim')]);
  // A plan for a GPU says nothing of a processor's memory, nor the other way round.
  if (expected === null || band === null || (planned !== null && (planned.environment.gpu !== null) !== onGpu))
    return items;
  const above = `above the ${formatBytes(expected.high)} planned at most`;
  return [...items, [peak > expected.high ? piece(above, 'warning') : piece(band, 'dim')]];
}

function compute({ state }: FactsOf): readonly Line[] | null {
  const { system } = state;
  if (system === null) return null;
  const items: Line[] = [];
  const { machineCpuPercent } = system;
  if (machineCpuPercent !== null)
    items.push([...bar(machineCpuPercent / 100, BAR_COLUMNS), piece(` CPU ${Math.round(machineCpuPercent)}%`)]);
  items.push([piece(`the run takes ${(system.cpuPercent / 100).toFixed(1)} cores`, 'dim')]);
  for (const { index, utilizationPercent, powerWatts } of system.gpus) {
    if (utilizationPercent === null) continue;
    const power = powerWatts === null ? '' : `, ${Math.round(powerWatts)} W`;
    const name = system.gpus.length > 1 ? `GPU ${index}` : 'GPU';
    items.push([
      piece(`${name} ${Math.round(utilizationPercent)}%${power}`, utilizationPercent < 50 ? 'warning' : 'plain'),
    ]);
  }
  return items;
}

/** Money where the environment has a price, hours where a budget counts them. */
function cost({ state, plan: planned, budget, now }: FactsOf): readonly Line[] | null {
  if (planned === null || state.attemptStartedAt === null) return null;
  const { pricePerHourUsd } = planned.environment;
  const isPriced = pricePerHourUsd !== null && pricePerHourUsd > 0;
  if (!isPriced && budget === null) return null;
  const until = state.finished === null ? now : (state.updatedAt ?? now);
  const seconds = state.earlierSeconds + Math.max(0, until - state.attemptStartedAt) / 1000;
  const spent = spendOf(seconds, planned);
  const items: Line[] = [];
  if (budget !== null) {
    const share = seconds / secondsWithin(budget, planned);
    const tone: Tone = share > 0.9 ? 'bad' : share > 0.75 ? 'warning' : 'plain';
    items.push([...bar(share, BAR_COLUMNS), piece(` ${spendText(spent, budget)}`, tone)]);
  } else items.push([piece(`${formatUsd(spent.usd ?? 0)} so far`)]);
  const { etaSeconds, paceSpread } = state;
  if (state.finished === null && etaSeconds !== null) {
    const end = seconds + etaSeconds;
    const exceeds = end > secondsWithin(budget, planned);
    const usd = spendOf(end, planned).usd;
    const band = (etaSeconds * (paceSpread ?? 0) * (pricePerHourUsd ?? 0)) / 3600;
    const text = isPriced && usd !== null ? `${formatUsd(usd)} ±${formatUsd(band)}` : formatDuration(end);
    items.push([
      piece(`about ${text} at the end${exceeds ? ', more than the budget' : ''}`, exceeds ? 'warning' : 'plain'),
    ]);
  }
  if (isPriced) items.push([piece(`${formatUsd(pricePerHourUsd)} an hour on ${planned.environment.name}`, 'dim')]);
  return items;
}

/** What runs: the profile, the network, its patch, what it learns by. */
function plan({ state, plan: planned }: FactsOf): readonly Line[] | null {
  const parameters = state.model?.parameters ?? planned?.facts.parameters;
  const name = state.model?.name ?? planned?.model.name;
  const items: Line[] = name === undefined ? [] : [[piece(name)]];
  if (parameters !== undefined) items.push([piece(`${formatCount(parameters)} parameters`, 'dim')]);
  if (planned === null) return items;
  const { optimizer, patch, batchSize, loss, profile, environment } = planned;
  items.push([piece(`patch ${patch.join('×')}`, 'dim')], [piece(`batch ${batchSize}`, 'dim')]);
  items.push([piece(`${optimizer.kind} ${formatNumber(optimizer.learningRate)}`, 'dim')], [piece(loss.kind, 'dim')]);
  items.push([piece(profile === null ? `on ${environment.name}` : `profile ${profile} on ${environment.name}`, 'dim')]);
  return items;
}

function data({ state }: FactsOf): readonly Line[] | null {
  if (state.data === null) return null;
  const { train, validation, test } = state.data.subjects;
  return [
    [piece(state.data.name)],
    [piece(`${train.length} train, ${validation.length} validation, ${test.length} test`, 'dim')],
    [piece(`${plural(state.data.stepsPerEpoch, 'step')} an epoch`, 'dim')],
  ];
}

function tracking({ plan: planned, tracking: told, now }: FactsOf): readonly Line[] | null {
  if (planned?.track == null) return null;
  if (told === null) return [[piece(`MLflow, experiment ${planned.track.experiment}`, 'dim')]];
  if (told.url === null) return [[piece('kept here; set MLFLOW_TRACKING_URI to send it to MLflow', 'dim')]];
  if (told.downSince !== null) {
    const away = formatDuration((now - told.downSince) / 1000);
    return [
      [piece(`MLflow does not answer for ${away}; ${plural(told.queued, 'item')} kept`, 'warning')],
      [piece(`${formatCount(told.delivered)} delivered`, 'dim')],
    ];
  }
  const queued = told.queued === 0 ? 'MLflow is up to date' : `MLflow, ${formatCount(told.queued)} to send`;
  return [[piece(queued)], [piece(`${formatCount(told.delivered)} delivered`, 'dim')], [piece(told.url, 'dim')]];
}
