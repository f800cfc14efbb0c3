import { totalmem } from 'node:os';
import { basisText, type Estimate } from '../../compiler/estimate.ts';
import type { Plan } from '../../compiler/plan/schema.ts';
import { memoryLimit } from '../../compiler/planner/memory.ts';
import { describeUnlabelled } from '../../runtime/data/layouts/found-dataset.ts';
import { precisionNotice } from '../../runtime/engine/precision.ts';
import { DataError } from '../../runtime/errors.ts';
import { dollars, durations, formatBytes, formatCount, formatFlops, plural, stepTimes } from '../format/quantities.ts';
import { isHere } from '../outlook.ts';
import type { Paint, Tone } from '../terminal/style.ts';
import { oneLine, wrapWords } from '../terminal/text.ts';
import { type DataFacts, labelsBeyond, patchBeyond } from './plan-data.ts';

/** What a plan comes to, before its values: the network, the data, memory, time and cost. */

export type Fact = readonly [label: string, text: string, tone?: Tone];

const LABEL = 10;

export function planFacts(plan: Plan, data: DataFacts | DataError, expected: Estimate): readonly Fact[] {
  return [
    ['model', modelText(plan)],
    ...precisionFacts(plan),
    ...dataFacts(plan, data),
    ...memoryFacts(plan, expected),
    ...timeFacts(expected),
  ];
}

/** @param width of the terminal; null where lines have no end */
export function factLines(facts: readonly Fact[], width: number | null, paint: Paint): readonly string[] {
  return facts.flatMap(([label, text, tone = 'plain']) =>
    (width === null ? [text] : wrapWords(text, width - LABEL)).map(
      (line, index) => `${(index === 0 ? label : '').padEnd(LABEL)}${paint(line, tone)}`,
    ),
  );
}

/** One line below the values, where whoever has a screen of them looks: whether the data can be used, whether it fits, how long it takes, what it costs. */
export function inShort(plan: Plan, data: DataFacts | DataError, expected: Estimate, paint: Paint): string {
  const { text, fits } = memoryVerdict(plan, expected);
  const { scheduleSeconds, costUsd } = expected;
  const unusable = data instanceof DataError || labelsBeyond(plan, data) !== null;
  const parts = [
    ...(unusable ? [paint('the data cannot be used as they are', 'bad')] : []),
    paint(text, fits ? 'good' : 'bad'),
    ...(scheduleSeconds === null ? [] : [durations(scheduleSeconds)]),
    ...(costUsd === null || costUsd.high === 0 ? [] : [dollars(costUsd)]),
  ];
  return `${parts.join(' · ')} ${paint('(above: the network, memory, time and cost in full)', 'dim')}`;
}

function modelText({ model, facts }: Plan): string {
  return `${model.name}, ${formatCount(facts.parameters)} parameters, ${formatFlops(facts.stepFlops)} a step`;
}

/** Nothing of float32, which is what everybody expects. */
function precisionFacts({ precision, environment }: Plan): readonly Fact[] {
  if (precision === 'float32') return [];
  const fact: Fact = [
    'precision',
    `${precision}: convolutions multiply in bfloat16, in training, validation and prediction; all else is float32`,
  ];
  const backend = environment.gpu !== null ? 'tensorflow-cuda' : 'tensorflow-cpu';
  // Another machine's processor is seen when the run starts there.
  const notice = environment.gpu !== null || isHere(environment) ? precisionNotice(precision, backend) : null;
  return notice === null ? [fact] : [fact, ['', notice, 'warning']];
}

function dataFacts(plan: Plan, data: DataFacts | DataError): readonly Fact[] {
  if (data instanceof DataError) {
    const advice = data.help === null ? '' : `; ${data.help}`;
    return [
      ['data', `cannot be used here: ${oneLine(data.message)}${oneLine(advice)}`, 'bad'],
      ['', 'the plan holds where the data are; `exp run` stops without them', 'warning'],
    ];
  }
  const { name, train, validation, test } = data;
  const leftOut = describeUnlabelled(data.unlabelled);
  const counts = `${name}: ${train} train, ${validation} validation, ${test} test; ${plural(data.stepsPerEpoch, 'step')} an epoch`;
  const [beyond, padded] = [labelsBeyond(plan, data), patchBeyond(plan, data)];
  return [
    ['data', counts],
    ...(leftOut === null ? [] : [['', leftOut, 'warning'] as const]),
    ...(padded === null ? [] : [['', padded, 'warning'] as const]),
    ...(beyond === null ? [] : [['', oneLine(beyond), 'bad'] as const]),
  ];
}

/** What fits is decided by what is planned; the figure is what is expected here, which measurements may have mended. */
function memoryFacts(plan: Plan, expected: Estimate): readonly Fact[] {
  const { facts } = plan;
  const { expectedBytes, peakBytes } = expected;
  const limited =
    plan.activationLimitBytes === null
      ? ''
      : `, held below ${formatBytes(plan.activationLimitBytes)} so that all of it, the engine included, keeps to \`memory\` or the device`;
  const memory: Fact = [
    'memory',
    `about ${formatBytes(expectedBytes)} with the engine, at most ${formatBytes(peakBytes.high)}; ` +
      `${formatBytes(facts.stateBytes)} of it state and ${formatBytes(facts.activationPeakBytes)} activations${limited}`,
  ];
  const { text, fits } = memoryVerdict(plan, expected);
  return [memory, ['verdict', text, fits ? 'good' : 'bad']];
}

function memoryVerdict(
  { environment }: Plan,
  { expectedBytes }: Estimate,
): { readonly text: string; readonly fits: boolean } {
  const total = totalmem();
  const available = memoryLimit(environment, null) ?? { device: 'this machine', usable: total * 0.9, total };
  const fits = expectedBytes <= available.usable;
  return { text: `${fits ? 'fits' : 'does not fit'} ${available.device} with ${formatBytes(available.total)}`, fits };
}

/** Measured seconds where there are any, else the estimate's; always as a band. */
function timeFacts({
  stepSeconds,
  scheduleSeconds,
  withValidation,
  costUsd,
  withinBudget,
  basis,
}: Estimate): readonly Fact[] {
  if (stepSeconds === null) return [['time', 'not known before a step was measured in this environment', 'dim']];
  const facts: Fact[] = [['step', `${stepTimes(stepSeconds)}: ${basisText(basis)}`]];
  if (scheduleSeconds !== null)
    facts.push([
      'time',
      `${durations(scheduleSeconds)} of ${withValidation ? 'training and validation' : 'training steps, validation not counted'}; ${NOT_COUNTED}`,
    ]);
  if (costUsd !== null && costUsd.high > 0) facts.push(['cost', dollars(costUsd)]);
  return withinBudget === null ? facts : [...facts, BUDGET_VERDICTS[withinBudget]];
}

/** What a run does besides: no figure of it is known before. On a small data set it is most of the time. */
export const NOT_COUNTED = 'the start, reading the data, checkpoints and the predictions at the end come beside it';

const BUDGET_VERDICTS = {
  yes: ['budget', 'is kept', 'good'],
  perhaps: ['budget', 'may be exceeded', 'warning'],
  no: ['budget', 'is exceeded', 'bad'],
} as const satisfies Record<string, Fact>;
