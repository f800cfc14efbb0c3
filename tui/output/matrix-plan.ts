import { basisText, estimate } from '../../compiler/estimate.ts';
import type { CompiledMatrix, PlanMatrix } from '../../compiler/matrix/compile-matrix.ts';
import { leastShare } from '../../compiler/matrix/halving.ts';
import type { Outlook } from '../../compiler/outlook.ts';
import type { Halving } from '../../compiler/plan/matrix.ts';
import type { Plan } from '../../compiler/plan/schema.ts';
import type { Band } from '../../compiler/planner/throughput.ts';
import { dollars, durations, plural } from '../format/quantities.ts';
import { painter } from '../terminal/style.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { toAscii } from '../terminal/text.ts';
import { NOT_COUNTED } from './plan-facts.ts';
import { columns } from './table.ts';

/** More lines than this say nothing that the settings above them do not. */
const MEMBERS_SHOWN = 40;

/** `exp plan` of a sweep or of folds: what varies, how many runs that makes, and what they take together. */
export function formatMatrixPlan(matrix: PlanMatrix, outlook: Outlook, terminal: Terminal): string {
  const paint = painter(terminal.color);
  const { members, axes, folds, halving, strategy, rankedBy, matrixId } = matrix;
  const plans = members.map(({ plan }) => plan);
  const profile = matrix.profile === null ? '' : ` · ${matrix.profile}`;
  const environment = members[0]?.plan.environment.name ?? '';
  const drawn = strategy?.kind === 'random' ? ` drawn with seed ${strategy.seed}` : '';
  const varied = [
    ...axes.map(({ path, values }) => [path, values]),
    ...(folds === null ? [] : [['folds', `${folds}, each validated on other subjects`]]),
  ];
  const [head = '', ...rows] = columns([
    ['#', ...axes.map(({ path }) => path), ...(folds === null ? [] : ['fold']), 'plan'],
    ...members
      .slice(0, MEMBERS_SHOWN)
      .map(({ index, settings, fold, planId }) => [
        String(index),
        ...axes.map(({ path }) => settings[path] ?? ''),
        ...(fold === null ? [] : [`${fold.index}/${fold.count}`]),
        planId.slice(0, 12),
      ]),
  ]);
  const more = members.length - MEMBERS_SHOWN;
  const facts = [
    ['runs', `${plural(members.length, 'run')}${drawn}, one after another`],
    ...(halving === null ? [] : [['halving', halvingText(halving)]]),
    ...totals(plans, outlook, halving === null ? 1 : leastShare(halving, plans)),
    ['ranked by', `${rankedBy.metric}, ${rankedBy.mode === 'max' ? 'the largest' : 'the smallest'} first`],
  ];
  const lines = [
    `${paint(matrix.experiment, 'strong')}${profile} on ${environment}  ${paint(`matrix ${matrixId.slice(0, 12)}`, 'dim')}`,
    '',
    ...columns(varied),
    '',
    paint(head, 'dim'),
    ...rows,
    ...(more > 0 ? [paint(`and ${plural(more, 'run')} more; --member N shows one`, 'dim')] : []),
    '',
    ...facts.map(([label = '', text]) => `${label.padEnd(10)}${text}`),
    '',
  ];
  return forTerminal(lines, terminal);
}

/** What stands in the way, when some of the runs cannot be: the mistakes themselves have been shown. */
export function formatRefused({ refused, size }: CompiledMatrix, terminal: Terminal): string {
  if (size === null || refused.length === 0) return '';
  const shown = refused.slice(0, MEMBERS_SHOWN).map(({ index, name }) => `  ${index}  ${name}`);
  const more = refused.length - shown.length;
  const lines = [
    `${refused.length} of ${plural(size, 'run')} cannot be:`,
    ...shown,
    ...(more > 0 ? [`  and ${more} more`] : []),
    '',
  ];
  return forTerminal(lines, terminal);
}

function halvingText({ factor, rungs }: Halving): string {
  const after =
    rungs.length === 1 ? `epoch ${rungs[0]}` : `epochs ${rungs.slice(0, -1).join(', ')} and ${rungs.at(-1)}`;
  return `after ${after}, who is not among the best 1 in ${factor} by then stops`;
}

/**
 * What runs take together, one after another: `time`, and `cost` where it costs something.
 *
 * @param least the share of it where as many stop early as may
 */
export function totals(plans: readonly Plan[], outlook: Outlook, least = 1): readonly (readonly [string, string])[] {
  const estimates = plans.map((plan) => estimate(plan, outlook));
  const seconds = sum(
    estimates.map(({ scheduleSeconds }) => scheduleSeconds),
    least,
  );
  const usd = sum(
    estimates.map(({ costUsd }) => costUsd),
    least,
  );
  if (seconds === null) return [['time', 'not known before the data set is there and a step was measured']];
  const [first] = estimates;
  const basis = first === undefined ? '' : `: ${basisText(first.basis)}`;
  return [
    ['time', `${durations(seconds)} of training and validation${basis}; ${NOT_COUNTED}`],
    ...(usd === null || usd.high === 0 ? [] : [['cost', dollars(usd)] as const]),
  ];
}

/** Null where one of them is not known. */
function sum(bands: readonly (Band | null)[], least: number): Band | null {
  return bands.reduce<Band | null>(
    (total, band) =>
      total === null || band === null ? null : { low: total.low + band.low * least, high: total.high + band.high },
    { low: 0, high: 0 },
  );
}

function forTerminal(lines: readonly string[], terminal: Terminal): string {
  return terminal.unicode ? lines.join('\n') : lines.map(toAscii).join('\n');
}
