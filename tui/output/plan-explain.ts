import { explainValue, type ValueLayer } from '../../compiler/explain-value.ts';
import { canonicalJson } from '../../compiler/plan/canonical.ts';
import { describeOrigin } from '../../compiler/plan/plan-values.ts';
import type { SourceFile } from '../../dsl/source.ts';
import type { PlanCommandOptions } from '../commands/options.ts';
import { compileOptions } from '../compile-file.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../failures.ts';
import { painter } from '../terminal/style.ts';
import { oneLine } from '../terminal/text.ts';
import { columns } from './table.ts';

/** `exp plan --explain optimizer.learning_rate`: the value, what it is for, and each layer that touched it. */
export function explainPlanValue(
  context: Context,
  source: SourceFile,
  options: PlanCommandOptions,
  path: string,
): string {
  const explained = explainValue(source, compileOptions(options, context), path);
  if (explained === null || explained.kind === 'unknown') {
    const nearest = explained?.nearest ?? [];
    throw new UsageError(
      `the plan has no value ${path}`,
      nearest.length === 0 ? 'exp plan lists all values' : `did you mean ${nearest.join(' or ')}?`,
    );
  }
  if (options.json === true) return `${canonicalJson(explained)}\n`;
  const paint = painter(context.terminal.color);
  if (explained.kind === 'block') {
    const rows = explained.values.map((value) => [value.path, value.text, describeOrigin(value.origin)]);
    return `${columns(rows).join('\n')}\n`;
  }
  const { layers, doc, text } = explained;
  const rows = columns(layers.map((layer) => [describeLayer(layer), layer.text === null ? '' : oneLine(layer.text)]));
  return [
    `${paint(explained.path, 'strong')} = ${text}`,
    ...(doc === null ? [] : [`  ${paint(doc, 'dim')}`]),
    '',
    ...rows.map((row, index) => `  ${index === rows.length - 1 ? row : paint(row, 'dim')}`),
    '',
  ].join('\n');
}

function describeLayer({ origin }: ValueLayer): string {
  return origin.kind === 'set' ? `--set ${origin.text.split('=', 1)[0] ?? ''}` : describeOrigin(origin);
}
