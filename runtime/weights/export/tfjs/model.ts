import type { WeightSpec } from '../../../../compiler/graph/types.ts';
import packageFile from '../../../../package.json' with { type: 'json' };
import type { FolderFile } from '../../../checkpoints/atomic.ts';
import type { Exportable } from '../exportable.ts';
import { appendTf } from '../ops/table.ts';
import { FLOAT, type TfWeight, TfWriter } from './writer.ts';

/** A tfjs GraphModel: `model.json`, and the weights in shards beside it. */

export interface TfjsModel {
  readonly graph: Exportable;
  /** A weight's elements in the graph's layout. */
  readonly elements: (spec: WeightSpec) => Float32Array;
  readonly metadata: Readonly<Record<string, string>>;
  readonly shardBytes: number;
}

export const MODEL_FILE = 'model.json';
/** What tfjs' own converter writes: small enough for caches and parallel requests. */
export const SHARD_BYTES = 4 * 2 ** 20;
/** tf.GraphDef.versions of TensorFlow 2.9 and later; tfjs does not read it. */
const PRODUCER = 1087;

/**
 * One input, `image` [N, D, H, W, Cin], and one output, `logits` [N, D, H, W, K], float32.
 *
 * @returns `model.json` first
 */
export function encodeTfjs({ graph, elements, metadata, shardBytes }: TfjsModel): readonly FolderFile[] {
  const w = new TfWriter(graph, elements);
  const image = { id: graph.image, dimensions: graph.dimensions(graph.image) };
  const logits = { id: graph.logits, dimensions: graph.dimensions(graph.logits) };
  const imageShape = tfShape(image.dimensions);
  w.define(image, w.named('image', 'Placeholder', [], { dtype: FLOAT, shape: { shape: imageShape } }));
  for (const node of graph.nodes) appendTf(w, graph, node);
  w.named('logits', 'Identity', [w.value(logits)], { T: FLOAT });
  const { nodes, weights } = w.finish(['logits', 'image']);
  const shards = shardsOf(weights, shardBytes);
  const paths = shards.map((_, index) => `group1-shard${index + 1}of${shards.length}.bin`);
  const model = {
    format: 'graph-model',
    generatedBy: `${packageFile.name} ${packageFile.version}`,
    convertedBy: null,
    signature: {
      inputs: { image: { name: 'image:0', dtype: 'DT_FLOAT', tensorShape: imageShape } },
      outputs: { logits: { name: 'logits:0', dtype: 'DT_FLOAT', tensorShape: tfShape(logits.dimensions) } },
    },
    userDefinedMetadata: metadata,
    modelTopology: {
      node: nodes.map(({ name, op, input, attr }) => ({ name, op, ...(input.length > 0 ? { input } : {}), attr })),
      library: {},
      versions: { producer: PRODUCER },
    },
    weightsManifest: [
      {
        paths,
        weights: weights.map(({ name, shape, data }) => {
          return { name, shape, dtype: data instanceof Float32Array ? 'float32' : 'int32' };
        }),
      },
    ],
  };
  return [
    { name: MODEL_FILE, pieces: [Buffer.from(JSON.stringify(model))] },
    ...shards.map((pieces, index) => ({ name: paths[index] ?? '', pieces })),
  ];
}

function tfShape(dimensions: readonly { readonly size: number; readonly batched: boolean }[]) {
  return { dim: dimensions.map(({ size, batched }) => ({ size: batched ? '-1' : `${size}` })) };
}

/** All weights one after another, cut every so many bytes. */
function shardsOf(weights: readonly TfWeight[], shardBytes: number): readonly (readonly Uint8Array[])[] {
  const shards: Uint8Array[][] = [[]];
  let room = shardBytes;
  for (const { data } of weights) {
    let rest = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    while (rest.length > 0) {
      if (room === 0) {
        shards.push([]);
        room = shardBytes;
      }
      const piece = rest.subarray(0, room);
      shards.at(-1)?.push(piece);
      room -= piece.length;
      rest = rest.subarray(piece.length);
    }
  }
  return shards;
}
