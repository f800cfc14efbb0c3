import { create, toBinary } from '@bufbuild/protobuf';
import type { GraphNode, WeightSpec } from '../../../../compiler/graph/types.ts';
import packageFile from '../../../../package.json' with { type: 'json' };
import { WeightsError } from '../../../errors.ts';
import type { Exportable } from '../exportable.ts';
import { Site } from '../ops/mapping.ts';
import { appendOnnx } from '../ops/table.ts';
import { GraphProtoSchema, ModelProtoSchema } from './onnx-pb.ts';
import { floats, ints } from './proto.ts';
import { upConvolutions } from './up-convolutions.ts';
import { IMAGE, OnnxWriter } from './writer.ts';

/** LayerNormalization came with 17; all later onnxruntimes, TensorRT, OpenVINO and WinML read it. */
const OPSET = 17n;
/** The IR version that came with opset 17. */
const IR_VERSION = 8n;
/** What one protobuf message may hold. */
const LARGEST = 2 ** 31 - 1;

export interface OnnxModel {
  readonly graph: Exportable;
  /** A weight's elements in MONAI's layout. */
  readonly stored: (spec: WeightSpec) => Float32Array;
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the weights came from, for errors. */
  readonly path: string;
}

/**
 * An ONNX model of one input, `image` [N, Cin, D, H, W], and one output, `logits` [N, K, D, H, W], whose initializers are
 * MONAI's state dict: the same names and layouts.
 *
 * @throws WeightsError when it is larger than one protobuf message may be
 */
export function encodeOnnx({ graph, stored, name, metadata, path }: OnnxModel): Uint8Array {
  const w = new OnnxWriter(graph, stored);
  const image = { id: graph.image, dimensions: graph.dimensions(graph.image) };
  const logits = { id: graph.logits, dimensions: graph.dimensions(graph.logits) };
  w.defineFirst(image, { name: IMAGE, volume: image.dimensions });
  appendAll(w, graph);
  w.enter('');
  w.named('Identity', [w.channelsFirst(logits)], 'logits');
  const { node, initializer } = w.finish(['logits']);
  const bytes = initializer.reduce((total, { rawData }) => total + rawData.length, 0);
  if (bytes > LARGEST) {
    throw new WeightsError(
      path,
      `an ONNX file holds 2 GB at most, and these weights are ${(bytes / 2 ** 30).toFixed(1)} GB`,
      {
        help: 'export them as safetensors or tfjs',
      },
    );
  }
  const model = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    opsetImport: [{ domain: '', version: OPSET }],
    producerName: packageFile.name,
    producerVersion: packageFile.version,
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: create(GraphProtoSchema, {
      name,
      node,
      initializer,
      input: [floats(IMAGE, channelsFirstShape(image.dimensions))],
      output: [floats('logits', channelsFirstShape(logits.dimensions))],
    }),
  });
  return toBinary(ModelProtoSchema, model);
}

function appendAll(w: OnnxWriter, graph: Exportable): void {
  const ups = upConvolutions(graph);
  const covered = new Set<GraphNode>();
  for (const node of graph.nodes) {
    if (covered.has(node)) continue;
    const up = ups.get(node);
    const image = up === undefined ? null : { id: up.image, dimensions: graph.dimensions(up.image) };
    if (up === undefined || image === null || (image.dimensions.length !== 5 && w.existing(image) === null)) {
      appendOnnx(w, graph, node);
      continue;
    }
    w.enter(node.scope);
    const source = w.existing(image)?.name ?? w.channelsFirst(image);
    const kernel = ints(up.filter.storedShape.slice(2));
    const name = w.node('ConvTranspose', [source, w.stored(up.filter)], { kernel_shape: kernel, strides: kernel });
    const result = new Site({ ...node, outputs: [up.result] }, graph).output(0);
    w.defineFirst(result, { name, volume: result.dimensions });
    for (const rest of up.rest) covered.add(rest);
  }
}

function channelsFirstShape(dimensions: readonly { readonly size: number }[]): readonly (number | string)[] {
  const [, depth = 1, height = 1, width = 1, channels = 1] = dimensions.map(({ size }) => size);
  return ['batch', channels, depth, height, width];
}
