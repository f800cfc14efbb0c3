import { totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { basisText, type Estimate, estimate } from '../../compiler/estimate.ts';
import { canonicalJson } from '../../compiler/plan/canonical.ts';
import { describeOrigin, planValues } from '../../compiler/plan/plan-values.ts';
import type { Plan, PlanFile } from '../../compiler/plan/schema.ts';
import { memoryLimit } from '../../compiler/planner/memory.ts';
import type { SourceFile } from '../../dsl/source.ts';
import { describeUnlabelled } from '../../runtime/data/layouts/found-dataset.ts';
import { DataError } from '../../runtime/errors.ts';
import type { PlanCommandOptions } from '../commands/options.ts';
import type { Context } from '../context.ts';
import { dollars, durations, formatBytes, formatCount, formatFlops, plural, stepTimes } from '../format/quantities.ts';
import { dataOutlook, outlookHere } from '../outlook.ts';
import { type Paint, painter, type Tone } from '../terminal/style.ts';
import { oneLine, toAscii } from '../terminal/text.ts';
import { type DataFacts, planDataFacts } from './plan-data.ts';
import { columns } from './table.ts';

type Fact = readonly [label: string, text: string, tone?: Tone];

type Options = PlanCommandOptions & { readonly file: string };

/** `exp plan`: all of it as a table or as JSON, one value explained, the difference from another, or the network. */
export async function writePlan(
  context: Context,
  source: SourceFile,
  planFile: PlanFile,
  options: Options,
): Promise<void> {
  const text = await planText(context, source, planFile, options);
  const isPlain = context.terminal.unicode || options.json === true;
  context.stdout.write(isPlain ? text : text.split('\n').map(toAscii).join('\n'));
}

async function planText(context: Context, source: SourceFile, planFile: PlanFile, options: Options): Promise<string> {
  const { plan } = planFile;
  const { explain, diff, diffProfile, file, profile, json = false } = options;
  if (explain !== undefined) {
    const { explainPlanValue } = await import('./plan-explain.ts');
    return explainPlanValue(context, source, options, explain);
  }
  if (diff !== undefined || diffProfile !== undefined) {
    const { describeDiff, nameOf, readOther } = await import('./plan-diff.ts');
    const other = readOther(context, diff ?? file, options);
    return describeDiff(context, { name: nameOf(file, profile), plan }, other, json);
  }
  if (options.graph === true) {
    const { describeGraph } = await import('./plan-graph.ts');
    return describeGraph(context, plan, json);
  }
  return json ? `${canonicalJson(plan)}\n` : overview(context, planFile, options);
}

function overview(context: Context, planFile: PlanFile, options: Options): string {
  const paint = painter(context.terminal.color);
  const { plan, planId } = planFile;
  const data = planDataFacts(plan, dirname(resolve(context.cwd, options.file)));
  const expected = estimate(plan, { ...outlookHere(context, options.file), data: () => dataOutlook(data) });
  const facts: readonly Fact[] = [
    ['model', modelText(plan)],
    ...dataFacts(data),
    ...memoryFacts(plan, expected),
    ...timeFacts(expected),
  ];
  const profile = plan.profile === null ? '' : ` · ${plan.profile}`;
  return [
    `${paint(plan.experiment.name, 'strong')}${profile} on ${plan.environment.name}  ${paint(`plan ${planId.slice(0, 12)}`, 'dim')}`,
    '',
    ...valueLines(planFile, paint),
    '',
    ...facts.map(([label, text, tone = 'plain']) => `${label.padEnd(10)}${paint(text, tone)}`),
    '',
  ].join('\n');
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

function modelText({ model, facts }: Plan): string {
  return `${model.name}, ${formatCount(facts.parameters)} parameters, ${formatFlops(facts.stepFlops)} a step`;
}

function dataFacts(data: DataFacts | DataError): readonly Fact[] {
  if (data instanceof DataError) return [['data', oneLine(data.message), 'warning']];
  const { name, train, validation, test } = data;
  const leftOut = describeUnlabelled(data.unlabelled);
  const counts = `${name}: ${train} train, ${validation} validation, ${test} test; ${plural(data.stepsPerEpoch, 'step')} an epoch`;
  return [['data', counts], ...(leftOut === null ? [] : [['', leftOut, 'warning'] as const])];
}

/** What fits is decided by what is planned; the figure is what is expected here, which measurements may have mended. */
function memoryFacts({ environment, facts }: Plan, { expectedBytes, peakBytes }: Estimate): readonly Fact[] {
  const limit = memoryLimit(environment, null);
  const memory: Fact = [
    'memory',
    `about ${formatBytes(expectedBytes)} with the engine, at most ${formatBytes(peakBytes.high)}; ` +
      `${formatBytes(facts.stateBytes)} of it state and ${formatBytes(facts.activationPeakBytes)} activations`,
  ];
  const available = limit ?? { device: 'this machine', usable: totalmem() * 0.9, total: totalmem() };
  const fits = expectedBytes <= available.usable;
  const verdict = `${fits ? 'fits' : 'does not fit'} ${available.device} with ${formatBytes(available.total)}`;
  return [memory, ['verdict', verdict, fits ? 'good' : 'bad']];
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
    facts.push(['time', `${durations(scheduleSeconds)} of training${withValidation ? ' and validation' : ' steps'}`]);
  if (costUsd !== null && costUsd.high > 0) facts.push(['cost', dollars(costUsd)]);
  return withinBudget === null ? facts : [...facts, BUDGET_VERDICTS[withinBudget]];
}

const BUDGET_VERDICTS = {
  yes: ['budget', 'is kept', 'good'],
  perhaps: ['budget', 'may be exceeded', 'warning'],
  no: ['budget', 'is exceeded', 'bad'],
} as const satisfies Record<string, Fact>;
