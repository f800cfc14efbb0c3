import type { Shape } from '../../../../compiler/graph/types.ts';
import { ATTR, type OpAttribute, TF_DTYPE } from '../binding.ts';
import { float, integer, integers, message, nested } from './protobuf.ts';

/**
 * A graph as the SavedModel that TensorFlow loads. The numbers are the fields' of its saved_model, meta_graph, graph,
 * node_def, attr_value, tensor and tensor_shape.proto.
 */

type Bytes = Uint8Array<ArrayBuffer>;

export interface NodeDefinition {
  readonly name: string;
  readonly op: string;
  /** `node:output`, and after them `^node` for nodes that merely have to be done. */
  readonly inputs: readonly string[];
  readonly attributes: readonly OpAttribute[];
  /** The contents of a Const. */
  readonly constant: { readonly value: Float32Array | Int32Array; readonly shape: Shape } | null;
}

/** The version of graphs whose ops and defaults we mean: TensorFlow 2.12's, and all later ones read it. */
const PRODUCER = 1087;

/** Under which the graph is found in its SavedModel. */
export const TAG = 'exp';

export function savedModel(nodes: readonly NodeDefinition[]): Bytes {
  const graph = message(...nodes.map((node) => nested(1, nodeDef(node))), nested(4, integer(1, PRODUCER)));
  const metaInformation = nested(1, nested(4, TAG));
  return message(integer(1, 1), nested(2, message(metaInformation, nested(2, graph))));
}

function nodeDef({ name, op, inputs, attributes, constant }: NodeDefinition): Bytes {
  const fields = [nested(1, name), nested(2, op), ...inputs.map((input) => nested(3, input))];
  for (const attribute of attributes) fields.push(entry(attribute.name, attributeValue(attribute)));
  if (constant !== null) fields.push(entry('value', nested(8, tensor(constant.value, constant.shape))));
  return message(...fields);
}

function entry(key: string, value: Bytes): Bytes {
  return nested(5, message(nested(1, key), nested(2, value)));
}

function attributeValue({ type, value }: OpAttribute): Bytes {
  if (typeof value === 'string') return nested(2, value);
  if (typeof value === 'boolean') return integer(5, Number(value));
  if (typeof value === 'number')
    return type === ATTR.float ? float(4, value) : integer(type === ATTR.type ? 6 : 3, value);
  if (isStrings(value)) return nested(1, message(...value.map((text) => nested(2, text))));
  return type === ATTR.shape ? nested(7, tensorShape(value)) : nested(1, integers(3, value));
}

function isStrings(value: readonly number[] | readonly string[]): value is readonly string[] {
  return typeof value[0] === 'string';
}

function tensor(value: Float32Array | Int32Array, shape: Shape): Bytes {
  const dtype = value instanceof Float32Array ? TF_DTYPE.float32 : TF_DTYPE.int32;
  const content = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return message(integer(1, dtype), nested(2, tensorShape(shape)), nested(4, content));
}

function tensorShape(shape: Shape): Bytes {
  return message(...shape.map((size) => nested(2, integer(1, size))));
}
