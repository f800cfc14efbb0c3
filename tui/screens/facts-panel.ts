import type { ExpectedMemory } from '../../compiler/estimate.ts';
import type { Budget, Plan } from '../../compiler/plan/schema.ts';
import type { RunState } from '../../runtime/events/run-state.ts';
import { isOfTest, metricLabel } from '../../runtime/metrics/table.ts';
import { secondsWithin, spendOf, spendText } from '../../runtime/run/spend.ts';
import type { TrackingState } from '../../runtime/tracking/tracker.ts';
import { formatBytes, formatCount, formatDuration, formatNumber, formatUsd, plural } from '../format/quantities.ts';
import { testedOver } from '../output/summary.ts';
import type { Tone } from '../terminal/style.ts';
import { oneLine } from '../terminal/text.ts';
import { facts, type Line, lengthOf, piece, wording } from './piece.ts';
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
/** A narrower panel has no bars: the numbers beside them say the same. */
const LEAST_FOR_BARS = 48;
const SEPARATOR_COLUMNS = 3;

/** In the order of their worth: a low terminal shows the first. */
const FACTS: readonly (readonly [label: string, fact: Fact])[] = [
  ['result', result],
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

/** A number with its bar before it, where there is room for one. */
function gauge(share: number, text: string, columns: number, tone: Tone = 'plain'): Line {
  return columns < LEAST_FOR_BARS ? [piece(text, tone)] : [...bar(share, BAR_COLUMNS), piece(` ${text}`, tone)];
}

/** What is left for the next item of a line. */
function roomAfter(items: readonly Line[], columns: number): number {
  const taken = items.reduce((sum, item) => sum + lengthOf(item) + SEPARATOR_COLUMNS, 0);
  return columns - LABEL_COLUMNS - taken;
}

/** Of a run that has ended: why it failed, or what its test gave and which expectations did not hold. */
function result({ state }: FactsOf): readonly Line[] | null {
  const { finished, data } = state;
  if (finished === null) return null;
  if (finished.error !== null) return [[piece(oneLine(finished.error.message), 'bad')]];
  const missed = finished.expectations.filter(({ held }) => !held).map(({ text }) => text);
  const tested = Object.entries(finished.metrics).filter(([name]) => isOfTest(name));
  const measured = tested.map(([name, value], index): Line => {
    const over = index === 0 ? testedOver(state) : '';
    return [piece(`${metricLabel(name, data?.classes ?? [])} ${formatNumber(value)}`), piece(over, 'dim')];
  });
  return [...missed.map((text): Line => [piece(`${text} does not hold`, 'bad')]), ...measured];
}

/** Expected against measured: what lies above the band is worth a look. */
function memory({ state, plan: planned, memory: expected, columns }: FactsOf): readonly Line[] | null {
  const { system } = state;
  const band =
    expected === null ? null : `planned ${formatBytes(expected.expected)}, at most ${formatBytes(expected.high)}`;
  if (system === null) return band === null ? null : [[piece(band, 'dim')]];
  const onGpu = state.engine?.backend === 'tensorflow-cuda';
  const [gpu] = onGpu ? system.gpus : [];
  const isOfGpu = gpu?.memoryUsedBytes != null && gpu.memoryTotalBytes !== null;
  const used = isOfGpu ? (gpu.memoryUsedBytes ?? 0) : system.rssBytes;
  const total = isOfGpu ? (gpu.memoryTotalBytes ?? 0) : system.systemMemoryTotalBytes;
  const items: Line[] = [gauge(used / total, `${formatBytes(used)} of ${formatBytes(total)}`, columns)];
  const peak = Math.max(state.peakRssBytes, used);
  if (!isOfGpu) items.push([piece(`peak ${formatBytes(peak)}`, 'dim')]);
  // A plan for a GPU says nothing of a processor's memory, nor the other way round.
  if (expected === null || band === null || (planned !== null && (planned.environment.gpu !== null) !== onGpu))
    return items;
  const above = `above the ${formatBytes(expected.high)} planned at most`;
  return [...items, [peak > expected.high ? piece(above, 'warning') : piece(band, 'dim')]];
}

function compute({ state, columns }: FactsOf): readonly Line[] | null {
  const { system, finished } = state;
  // Nothing computes any more.
  if (system === null || finished !== null) return null;
  const items: Line[] = [];
  const { machineCpuPercent } = system;
  if (machineCpuPercent !== null)
    items.push(gauge(machineCpuPercent / 100, `CPU ${Math.round(machineCpuPercent)}%`, columns));
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
function cost({ state, plan: planned, budget, now, columns }: FactsOf): readonly Line[] | null {
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
    items.push(gauge(share, spendText(spent, budget), columns, tone));
  } else items.push([piece(`${formatUsd(spent.usd ?? 0)} so far`)]);
  const { etaSeconds, paceSpread } = state;
  if (state.finished === null && etaSeconds !== null) {
    const end = seconds + etaSeconds;
    const exceeds = end > secondsWithin(budget, planned);
    const usd = spendOf(end, planned).usd;
    const band = (etaSeconds * (paceSpread ?? 0) * (pricePerHourUsd ?? 0)) / 3600;
    const text = isPriced && usd !== null ? formatUsd(usd) : formatDuration(end);
    const about = `about ${text}${isPriced && usd !== null ? ` ±${formatUsd(band)}` : ''} at the end`;
    // That it will not do has to be read at any width.
    const over = [`${about}, more than the budget`, `${text} at the end, too much`, 'will be over'] as const;
    items.push(exceeds ? [piece(wording(over, roomAfter(items, columns)), 'warning')] : [piece(about)]);
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

function tracking({ plan: planned, tracking: told, now, columns }: FactsOf): readonly Line[] | null {
  if (planned?.track == null) return null;
  if (told === null) return [[piece(`MLflow, experiment ${planned.track.experiment}`, 'dim')]];
  const room = roomAfter([], columns);
  if (told.url === null) {
    const kept = wording(
      ['kept here; set MLFLOW_TRACKING_URI to send it to MLflow', 'no MLFLOW_TRACKING_URI: kept'],
      room,
    );
    return [[piece(kept, 'dim')]];
  }
  if (told.downSince !== null) {
    const away = formatDuration((now - told.downSince) / 1000);
    const kept = plural(told.queued, 'item');
    return [
      [
        piece(
          wording([`MLflow does not answer for ${away}; ${kept} kept`, `MLflow away; ${kept} kept`], room),
          'warning',
        ),
      ],
      [piece(`${formatCount(told.delivered)} delivered`, 'dim')],
    ];
  }
  const queued = told.queued === 0 ? 'MLflow is up to date' : `MLflow, ${formatCount(told.queued)} to send`;
  return [[piece(queued)], [piece(`${formatCount(told.delivered)} delivered`, 'dim')], [piece(told.url, 'dim')]];
}
