import { basename, dirname, join } from 'node:path';
import { spatialDivisor } from '../../compiler/graph/networks/table.ts';
import { elementCount, formatShape } from '../../compiler/graph/shapes.ts';
import type { WeightSpec } from '../../compiler/graph/types.ts';
import { unpackWeights } from '../../compiler/graph/weights.ts';
import { planId } from '../../compiler/plan/canonical.ts';
import type { Plan } from '../../compiler/plan/schema.ts';
import type { FolderFile } from '../checkpoints/atomic.ts';
import { encodeSafetensors, type SafeTensor } from '../checkpoints/safetensors.ts';
import { monaiExtras, vectorToTensors } from '../checkpoints/state-dict.ts';
import { WeightsError } from '../errors.ts';
import { exportable } from './export/exportable.ts';
import { modelMetadata } from './export/metadata.ts';
import { encodeOnnx } from './export/onnx/model.ts';
import { encodeTfjs } from './export/tfjs/model.ts';
import type { ExportFormat } from './export-formats.ts';
import type { OpenWeights } from './open-weights.ts';
import { encodeTorchFile } from './torch-writer.ts';

/** Weights as other programs read them: alone, or with the network whose weights they are. */

export interface ExportSettings {
  /** Sides of the images that the exported network takes. */
  readonly size: Plan['patch'];
  /** Names of the classes, background first. */
  readonly classes: readonly string[];
  readonly shardBytes: number;
}

/** What an export is: one file, or a folder of files. Both are written piece by piece. */
export type Exported =
  | { readonly kind: 'file'; readonly pieces: readonly Uint8Array[] }
  | { readonly kind: 'folder'; readonly files: readonly FolderFile[] };

interface Format {
  /** Whether the network goes with its weights, and so has a size of its images. */
  readonly network: boolean;
  readonly encode: (weights: OpenWeights, settings: ExportSettings) => Exported;
}

/** One line a format. */
const FORMATS: { readonly [F in ExportFormat]: Format } = {
  safetensors: {
    network: false,
    encode: (weights) => file(encodeSafetensors({ tensors: stateDict(weights), metadata: { format: 'pt' } })),
  },
  pt: { network: false, encode: (weights) => file(encodeTorchFile(stateDict(weights))) },
  onnx: { network: true, encode: (weights, settings) => file([onnx(weights, settings)]) },
  tfjs: { network: true, encode: (weights, settings) => ({ kind: 'folder', files: tfjs(weights, settings) }) },
};

/** Whether the network goes with its weights. */
export function holdsNetwork(format: ExportFormat): boolean {
  return FORMATS[format].network;
}

/** @throws WeightsError when the network does not take images of that size, or the format does not hold that much */
export function exportWeights(weights: OpenWeights, format: ExportFormat, settings: ExportSettings): Exported {
  return FORMATS[format].encode(weights, settings);
}

/** Parameters and buffers under MONAI's names: `load_state_dict(…, strict=True)` takes them. */
function stateDict({ plan, specs, vector }: OpenWeights): ReadonlyMap<string, SafeTensor> {
  const parameters = vectorToTensors(specs, vector);
  return new Map([...parameters, ...monaiExtras(plan.model, parameters)]);
}

function onnx(weights: OpenWeights, settings: ExportSettings): Uint8Array {
  const stored = unpackWeights(weights.specs, weights.vector);
  return encodeOnnx({
    graph: networkOf(weights, settings),
    stored: ({ name }) => stored.get(name) ?? new Float32Array(),
    name: weights.plan.experiment.name,
    metadata: metadataOf(weights, settings),
    path: weights.path,
  });
}

function tfjs(weights: OpenWeights, settings: ExportSettings): readonly FolderFile[] {
  const { vector } = weights;
  return encodeTfjs({
    graph: networkOf(weights, settings),
    elements: ({ offset, shape }: WeightSpec) => vector.subarray(offset, offset + elementCount(shape)),
    metadata: metadataOf(weights, settings),
    shardBytes: settings.shardBytes,
  });
}

function networkOf({ plan: { model }, path }: OpenWeights, { size }: ExportSettings) {
  const divisor = spatialDivisor(model);
  if (divisor.some((factor, axis) => (size[axis] ?? 0) % factor !== 0)) {
    throw new WeightsError(path, `${model.name} does not take images of ${formatShape(size)} voxels`, {
      help: `--size takes sides that are multiples of ${formatShape(divisor)}`,
    });
  }
  return exportable({ model, roiSize: size });
}

function metadataOf({ plan, run, path }: OpenWeights, { size, classes }: ExportSettings) {
  const checkpoint = run === null ? null : join(basename(dirname(path)), basename(path));
  return modelMetadata({
    plan,
    planId: run?.info.planId ?? planId(plan),
    runId: run?.id ?? null,
    checkpoint,
    classes,
    size,
  });
}

function file(pieces: readonly Uint8Array[]): Exported {
  return { kind: 'file', pieces };
}
