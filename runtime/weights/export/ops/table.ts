import type { GraphNode, GraphNodeOf, OpName } from '../../../../compiler/graph/types.ts';
import { EngineError } from '../../../errors.ts';
import type { Exportable } from '../exportable.ts';
import type { OnnxWriter } from '../onnx/writer.ts';
import type { TfWriter } from '../tfjs/writer.ts';
import { elementwise } from './elementwise.ts';
import { linear } from './linear.ts';
import { type Mapping, NOT_EXPORTED, Site } from './mapping.ts';
import { movement } from './movement.ts';
import { normalisation } from './normalisation.ts';
import { reductions } from './reductions.ts';

/** Every op, in ONNX and in TensorFlow: an op without an entry does not compile. */
export const MAPPINGS: { readonly [O in OpName]: Mapping<O> | typeof NOT_EXPORTED } = {
  ...elementwise,
  ...movement,
  ...reductions,
  ...linear,
  ...normalisation,
  // Exported graphs are float32 and have no update.
  cast: NOT_EXPORTED,
  adamw: NOT_EXPORTED,
  sgd: NOT_EXPORTED,
  movingAverage: NOT_EXPORTED,
};

export function appendOnnx(w: OnnxWriter, graph: Exportable, node: GraphNode): void {
  w.enter(node.scope);
  onnxOf(node.op, w, graph, node);
}

export function appendTf(w: TfWriter, graph: Exportable, node: GraphNode): void {
  w.enter(node.scope);
  tfOf(node.op, w, graph, node);
}

type NodeOf<O extends OpName> = Pick<GraphNodeOf<O>, 'attributes' | 'scope' | 'inputs' | 'outputs'>;

function onnxOf<O extends OpName>(op: O, w: OnnxWriter, graph: Exportable, node: NodeOf<O>): void {
  mappingOf(op).onnx(w, new Site(node, graph));
}

function tfOf<O extends OpName>(op: O, w: TfWriter, graph: Exportable, node: NodeOf<O>): void {
  const site = new Site(node, graph);
  const made = mappingOf(op).tf(w, site);
  const names = typeof made === 'string' ? [made] : made;
  for (const [index, name] of names.entries()) w.define(site.output(index), name);
}

function mappingOf<O extends OpName>(op: O): Mapping<O> {
  const mapping: Mapping<O> | typeof NOT_EXPORTED = MAPPINGS[op];
  if (mapping === NOT_EXPORTED) throw new EngineError(`${op} stands in no graph that is exported`);
  return mapping;
}
