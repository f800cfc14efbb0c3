import { availableParallelism, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { estimate } from '../../compiler/estimate.ts';
import { snakeCase } from '../../compiler/fields/case.ts';
import { canonicalJson } from '../../compiler/plan/canonical.ts';
import type { Plan, PlanFile } from '../../compiler/plan/schema.ts';
import { memoryLimit, memoryNeed } from '../../compiler/planner/memory.ts';
import { nearestName } from '../../dsl/edit-distance.ts';
import { DataError } from '../../runtime/errors.ts';
import type { PlanCommandOptions } from '../commands/options.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../failures.ts';
import { dollars, durations, formatBytes, formatCount, formatFlops, plural } from '../format/quantities.ts';
import { type Paint, painter, type Tone } from '../terminal/style.ts';
import { oneLine, toAscii } from '../terminal/text.ts';
import { bandOf, measuredPace, type Pace } from './measured-pace.ts';
import { type DataFacts, planDataFacts } from './plan-data.ts';
import { describeOrigin, planValues } from './plan-values.ts';
import { columns } from './table.ts';

type Fact = readonly [label: string, text: string, tone?: Tone];

/** `exp plan`: as JSON, one value explained, or all of it as a table. */
export async function writePlan(
  context: Context,
  planFile: PlanFile,
  options: PlanCommandOptions & { readonly file: string },
): Promise<void> {
  const { stdout, terminal } = context;
  const write = (text: string) => stdout.write(terminal.unicode ? text : text.split('\n').map(toAscii).join('\n'));
  if (options.json === true) {
    stdout.write(`${canonicalJson(planFile.plan)}\n`);
    return;
  }
  if (options.explain !== undefined) {
    write(explainValue(planFile, options.explain));
    return;
  }
  const paint = painter(terminal.color);
  const { plan, planId } = planFile;
  const data = planDataFacts(plan, dirname(resolve(context.cwd, options.file)));
  const pace = measuredPace(resolve(context.cwd, options.runsDir), plan);
  const facts: readonly Fact[] = [
    ['model', modelText(plan)],
    dataFact(data),
    ...memoryFacts(plan),
    ...timeFacts(plan, data, pace),
  ];
  const profile = plan.profile === null ? '' : ` · ${plan.profile}`;
  write(
    [
      `${paint(plan.experiment.name, 'strong')}${profile} on ${plan.environment.name}  ${paint(`plan ${planId.slice(0, 12)}`, 'dim')}`,
      '',
      ...valueLines(planFile, paint),
      '',
      ...facts.map(([label, text, tone = 'plain']) => `${label.padEnd(10)}${paint(text, tone)}`),
      '',
    ].join('\n'),
  );
}

function valueLines(planFile: PlanFile, paint: Paint): readonly string[] {
  const values = planValues(planFile);
  const lines = columns(values.map(({ path, text, origin }) => [path, text, describeOrigin(origin)]));
  return lines.map((line, index) => {
    const origin = describeOrigin(values[index]?.origin ?? null);
    const start = line.length - origin.length;
    return origin === '' ? line : `${line.slice(0, start)}${paint(origin, 'dim')}`;
  });
}

function explainValue(planFile: PlanFile, wanted: string): string {
  const values = planValues(planFile);
  const path = wanted.split('.').map(snakeCase).join('.');
  const matches = values.filter((value) => value.path === path || value.path.startsWith(`${path}.`));
  if (matches.length === 0) {
    const near = nearestName(path, new Set(values.map((value) => value.path)));
    throw new UsageError(`the plan has no value ${wanted}`, near === null ? null : `did you mean ${near}?`);
  }
  return `${columns(matches.map(({ path: name, text, origin }) => [name, text, describeOrigin(origin)])).join('\n')}\n`;
}

function modelText({ model, facts }: Plan): string {
  return `${model.name}, ${formatCount(facts.parameters)} parameters, ${formatFlops(facts.stepFlops)} a step`;
}

function dataFact(data: DataFacts | DataError): Fact {
  if (data instanceof DataError) return ['data', oneLine(data.message), 'warning'];
  const { name, train, validation, test } = data;
  return [
    'data',
    `${name}: ${train} train, ${validation} validation, ${test} test; ${plural(data.stepsPerEpoch, 'step')} an epoch`,
  ];
}

/** The need is an estimate; its lower bound is exact. */
function memoryFacts(plan: Plan): readonly Fact[] {
  const limit = memoryLimit(plan.environment);
  const need = memoryNeed(plan.facts, limit?.onGpu ?? false);
  const memory: Fact = [
    'memory',
    `${formatBytes(need.least)} at least, about ${formatBytes(need.expected)}; ${formatBytes(plan.facts.activationPeakBytes)} of it activations`,
  ];
  const available = limit ?? { device: 'this machine', usable: totalmem() * 0.9, total: totalmem() };
  const fits = need.expected <= available.usable;
  const verdict = `${fits ? 'fits' : 'does not fit'} ${available.device} with ${formatBytes(available.total)}`;
  return [memory, ['verdict', verdict, fits ? 'good' : 'bad']];
}

/** Measured seconds where there are any, else the estimate's; always as a band. */
function timeFacts(plan: Plan, data: DataFacts | DataError, pace: Pace | null): readonly Fact[] {
  const { stepSeconds, trainingSeconds, costUsd, withinBudget, basis } = estimate(plan, {
    stepsPerEpoch: () => (data instanceof DataError ? null : data.stepsPerEpoch),
    stepSeconds: () => (pace === null ? null : bandOf(pace)),
    cores: availableParallelism(),
  });
  if (stepSeconds === null) return [['time', 'not known before a step was measured in this environment', 'dim']];
  const facts: Fact[] = [['step', `${durations(stepSeconds)}: ${pace?.basis ?? basis}`]];
  if (trainingSeconds !== null) facts.push(['time', `${durations(trainingSeconds)} of training steps`]);
  if (costUsd !== null && costUsd.high > 0) facts.push(['cost', dollars(costUsd)]);
  return withinBudget === null ? facts : [...facts, BUDGET_VERDICTS[withinBudget]];
}

const BUDGET_VERDICTS = {
  yes: ['budget', 'is kept', 'good'],
  perhaps: ['budget', 'may be exceeded', 'warning'],
  no: ['budget', 'is exceeded', 'bad'],
} as const satisfies Record<string, Fact>;
