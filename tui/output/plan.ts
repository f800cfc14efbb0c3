import { dirname, resolve } from 'node:path';
import { estimate } from '../../compiler/estimate.ts';
import { canonicalJson } from '../../compiler/plan/canonical.ts';
import type { PlanFile } from '../../compiler/plan/schema.ts';
import type { SourceFile } from '../../dsl/source.ts';
import type { PlanCommandOptions } from '../commands/options.ts';
import { type Context, columnsOf } from '../context.ts';
import { dataOutlook, outlookHere } from '../outlook.ts';
import { painter } from '../terminal/style.ts';
import { toAscii } from '../terminal/text.ts';
import { planDataFacts } from './plan-data.ts';
import { factLines, inShort, planFacts } from './plan-facts.ts';
import { planTable } from './plan-table.ts';

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
  const width = context.stdout.columns === undefined ? null : columnsOf(context.stdout);
  const data = planDataFacts(plan, dirname(resolve(context.cwd, options.file)));
  const expected = estimate(plan, { ...outlookHere(context, options.file), data: () => dataOutlook(data) });
  const profile = plan.profile === null ? '' : ` · ${plan.profile}`;
  return [
    `${paint(plan.experiment.name, 'strong')}${profile} on ${plan.environment.name}  ${paint(`plan ${planId.slice(0, 12)}`, 'dim')}`,
    '',
    ...factLines(planFacts(plan, data, expected), width, paint),
    '',
    ...planTable(planFile, width, paint),
    '',
    inShort(plan, data, expected, paint),
    '',
  ].join('\n');
}
