import type { GraphNodeOf, OpName, ValueId } from '../../../../compiler/graph/types.ts';
import { type Exportable, known, type Operand } from '../exportable.ts';
import type { OnnxWriter } from '../onnx/writer.ts';
import type { TfWriter } from '../tfjs/writer.ts';

/** What an op of ours is in ONNX (opset 17) and in TensorFlow, as tfjs runs it; both stand beside one another. */
export interface Mapping<O extends OpName> {
  /** Appends ONNX nodes, and defines the site's outputs. */
  readonly onnx: (w: OnnxWriter, site: Site<O>) => void;
  /** Appends TensorFlow nodes, and returns their outputs in order. */
  readonly tf: (w: TfWriter, site: Site<O>) => string | readonly string[];
}

/** Ops of training alone, which no forward graph has. */
export const NOT_EXPORTED = 'not exported';

/** A node with the types of its values. */
export class Site<O extends OpName> {
  readonly attributes: GraphNodeOf<O>['attributes'];
  readonly scope: string;
  readonly inputs: readonly Operand[];
  readonly outputs: readonly Operand[];

  constructor(node: Pick<GraphNodeOf<O>, 'attributes' | 'scope' | 'inputs' | 'outputs'>, graph: Exportable) {
    const operand = (id: ValueId): Operand => ({ id, dimensions: graph.dimensions(id) });
    this.attributes = node.attributes;
    this.scope = node.scope;
    this.inputs = node.inputs.map(operand);
    this.outputs = node.outputs.map(operand);
  }

  input(index: number): Operand {
    return known(this.inputs[index], `input ${index} at ${this.scope}`);
  }

  output(index: number): Operand {
    return known(this.outputs[index], `output ${index} at ${this.scope}`);
  }
}
