import { encodeSafetensors, type SafeTensor } from '../checkpoints/safetensors.ts';
import { monaiExtras, vectorToTensors } from '../checkpoints/state-dict.ts';
import type { OpenWeights } from './open-weights.ts';
import { encodeTorchFile } from './torch-writer.ts';

/** Weights as other programs read them. */

/** One line a format: the file as pieces to be written one after another. */
const FORMATS = {
  safetensors: (weights) => encodeSafetensors({ tensors: stateDict(weights), metadata: { format: 'pt' } }),
  pt: (weights) => encodeTorchFile(stateDict(weights)),
} as const satisfies Readonly<Record<string, (weights: OpenWeights) => readonly Uint8Array[]>>;

export type ExportFormat = keyof typeof FORMATS;

export const EXPORT_FORMATS: readonly string[] = Object.keys(FORMATS);

export function isExportFormat(name: string): name is ExportFormat {
  return Object.hasOwn(FORMATS, name);
}

export function exportWeights(weights: OpenWeights, format: ExportFormat): readonly Uint8Array[] {
  return FORMATS[format](weights);
}

/** Parameters and buffers under MONAI's names: `load_state_dict(…, strict=True)` takes them. */
function stateDict({ plan, specs, vector }: OpenWeights): ReadonlyMap<string, SafeTensor> {
  const parameters = vectorToTensors(specs, vector);
  return new Map([...parameters, ...monaiExtras(plan.model, parameters)]);
}
