import { layersOf } from '../../compiler/graph/layers.ts';
import { formatShape } from '../../compiler/graph/shapes.ts';
import { canonicalJson } from '../../compiler/plan/canonical.ts';
import type { Plan } from '../../compiler/plan/schema.ts';
import type { Context } from '../context.ts';
import { formatBytes, formatCount, formatFlops } from '../format/quantities.ts';
import { painter } from '../terminal/style.ts';
import { columns } from './table.ts';

/** `exp plan --graph`: the network layer by layer, for one training patch or batch of them. */
export function describeGraph(
  context: Context,
  { model, patch, batchSize, precision, facts }: Plan,
  asJson: boolean,
): string {
  const layers = layersOf({ model, roiSize: patch, batchSize, precision });
  if (asJson) return `${canonicalJson(layers)}\n`;
  const paint = painter(context.terminal.color);
  const sum = (of: 'flops' | 'bytes') => layers.reduce((total, layer) => total + layer[of], 0);
  const rows = layers.map(({ name, output, parameters, flops, bytes }) => [
    name === '' ? '(network)' : name,
    formatShape(output),
    parameters === 0 ? '' : formatCount(parameters),
    flops === 0 ? '' : formatFlops(flops),
    formatBytes(bytes),
  ]);
  const total = ['total', '', formatCount(facts.parameters), formatFlops(sum('flops')), formatBytes(sum('bytes'))];
  const [head = '', ...lines] = columns([
    ['layer', 'output', 'parameters', 'FLOPs', 'read and written'],
    ...rows,
    total,
  ]);
  return [
    paint(head, 'dim'),
    ...lines.slice(0, -1),
    paint(lines.at(-1) ?? '', 'strong'),
    '',
    `A training step takes ${formatFlops(facts.stepFlops)} and holds ${formatBytes(facts.activationPeakBytes)} of activations at its peak.`,
    '',
  ].join('\n');
}
