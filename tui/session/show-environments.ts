import { leastShare } from '../../compiler/matrix/halving.ts';
import { planEnvironments } from '../../compiler/plan-environments.ts';
import { summarize } from '../../dsl/render-diagnostic.ts';
import type { SourceFile } from '../../dsl/source.ts';
import type { PlanCommandOptions } from '../commands/options.ts';
import { compileOptions, compileRuns } from '../compile-file.ts';
import { type Context, columnsOf } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { jsonDocument } from '../json/write.ts';
import { outlookHere } from '../outlook.ts';
import { writeFrames } from '../output/diagnostics.ts';
import { environmentsJson, formatEnvironments } from '../output/environments.ts';

/** `exp plan --environments`: the experiment under its profile, planned for every environment that it can name. */
export function showEnvironments(context: Context, source: SourceFile, options: PlanCommandOptions): ExitCode {
  const compiled = compileRuns(source, options, context);
  const [first] = compiled.kind === 'matrix' ? (compiled.matrix?.members ?? []) : [];
  // Of a sweep, one run stands for all.
  const swept = Object.entries(first?.settings ?? {}).map(([path, text]) => `${path}=${text}`);
  const runs = compiled.kind === 'matrix' ? (compiled.size ?? 1) : 1;
  const outlook = outlookHere(context, source.path);
  const under = compileOptions({ ...options, set: [...options.set, ...swept] }, context);
  const matrix = compiled.kind === 'matrix' ? compiled.matrix : null;
  const plans = matrix?.members.map(({ plan }) => plan) ?? [];
  const leastRuns = runs * (matrix?.halving == null ? 1 : leastShare(matrix.halving, plans));
  const choices = planEnvironments(source, { ...under, outlook, runs, leastRuns });
  if (choices === null) {
    writeFrames(context.stderr, context.errors, compiled.diagnostics);
    context.stderr.write(`${summarize(compiled.diagnostics)}; there is no plan\n`);
    return EXIT.invalid;
  }
  const plan = choices.flatMap(({ outcome }) => (outcome.kind === 'fits' ? outcome.plan : []))[0];
  const table = {
    experiment: plan?.experiment.name ?? source.path,
    profile: options.profile ?? null,
    choices,
    runs,
    sort: options.sort ?? 'cost',
  };
  context.stdout.write(
    options.json === true
      ? jsonDocument('environments', environmentsJson(table))
      : formatEnvironments(table, context.terminal, columnsOf(context.stdout)),
  );
  return choices.some(({ outcome }) => outcome.kind === 'fits') ? EXIT.ok : EXIT.invalid;
}
