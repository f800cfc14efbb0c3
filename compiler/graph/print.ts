import { elementCount } from './shapes.ts';
import type { Graph, GraphNode, ValueId } from './types.ts';

/**
 * A graph as text, one line a node: `%5 = conv3d(%1, %4) strides=1,1,1 padding=same : 1×64×64×64×16  # convInit.conv`.
 */
export function printGraph(graph: Graph): string {
  const names = new Map<ValueId, string>();
  for (const [name, id] of graph.inputs) names.set(id, name);
  const lines: string[] = [];

  function name(id: ValueId): string {
    return names.get(id) ?? `%${id}`;
  }

  function type(id: ValueId): string {
    const value = graph.values[id];
    if (value === undefined) return '?';
    return `${value.dtype === 'int32' ? 'int32 ' : ''}${value.shape.join('×') || 'scalar'}`;
  }

  for (const [input, id] of graph.inputs) lines.push(`input ${input} : ${type(id)}`);
  for (const { value, data } of graph.constants) {
    const isShort = elementCount(graph.values[value]?.shape ?? []) <= 4;
    const contents = isShort ? ` = ${[...data()].join(', ')}` : '';
    lines.push(`constant ${name(value)} : ${type(value)}${contents}`);
  }
  for (const node of graph.nodes) {
    const outputs = node.outputs.map(name).join(', ');
    const attributes = attributeText(node);
    const types = node.outputs.map(type).join(', ');
    lines.push(
      `${outputs} = ${node.op}(${node.inputs.map(name).join(', ')})${attributes} : ${types}${node.scope === '' ? '' : `  # ${node.scope}`}`,
    );
  }
  for (const [output, id] of graph.outputs) lines.push(`output ${output} = ${name(id)}`);
  return `${lines.join('\n')}\n`;
}

function attributeText({ attributes }: GraphNode): string {
  return Object.entries(attributes)
    .map(([key, value]) => ` ${key}=${Array.isArray(value) ? value.map(String).join(',') : String(value)}`)
    .join('');
}
