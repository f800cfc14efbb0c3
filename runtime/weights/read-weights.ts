import { spatialDivisor } from '../../compiler/graph/networks/table.ts';
import { inferenceProgram } from '../../compiler/graph/programs.ts';
import type { WeightSpec } from '../../compiler/graph/types.ts';
import type { PlanModel } from '../../compiler/plan/schema.ts';
import type { SafeTensor } from '../checkpoints/safetensors.ts';
import { monaiExtras } from '../checkpoints/state-dict.ts';
import { WeightsError } from '../errors.ts';
import { matchNames, type NameMatch } from './match-names.ts';
import type { WeightsFile } from './types.ts';

/** Parameters of a model read from a file, in MONAI's layout by MONAI's names. */
export interface ReadWeights {
  readonly match: NameMatch;
  readonly parameters: ReadonlyMap<string, Float32Array>;
}

/** A model's parameters. They do not depend on the size of the image. */
export function weightSpecs(model: PlanModel): readonly WeightSpec[] {
  const [x, y, z] = spatialDivisor(model);
  return inferenceProgram({ model, roiSize: [2 * x, 2 * y, 2 * z], batchSize: 1 }).weights;
}

/**
 * Compares a file's names and shapes with a model's, without reading a tensor.
 *
 * @throws WeightsError when nothing fits
 */
export function matchWeights(file: WeightsFile, model: PlanModel, specs: readonly WeightSpec[]): NameMatch {
  const targets = specs.map(({ name, storedShape }) => ({ name, shape: storedShape }));
  const extras = new Set(monaiExtras(model, namesOnly(specs)).keys());
  const match = matchNames(model.name, targets, extras, file.tensors);
  if (match.matched.length === 0) throw nothingFits(file, model, match);
  return match;
}

/**
 * Reads what fits of a file.
 *
 * @throws WeightsError when nothing fits, or a tensor cannot be read
 */
export async function readWeights(
  file: WeightsFile,
  model: PlanModel,
  specs: readonly WeightSpec[],
): Promise<ReadWeights> {
  const match = matchWeights(file, model, specs);
  const parameters = new Map<string, Float32Array>();
  for (const { parameter, tensor } of match.matched) {
    const elements = await file.tensors.get(tensor)?.read();
    if (elements !== undefined) parameters.set(parameter, elements);
  }
  return { match, parameters };
}

function namesOnly(specs: readonly WeightSpec[]): ReadonlyMap<string, SafeTensor> {
  return new Map(specs.map(({ name }) => [name, { dtype: 'F32', shape: [0], data: new Float32Array() }]));
}

function nothingFits(file: WeightsFile, model: PlanModel, match: NameMatch): WeightsError {
  const [shape] = match.shapes;
  const why =
    shape === undefined
      ? `its ${file.tensors.size} tensors have other names, such as ${[...file.tensors.keys()].slice(0, 3).join(', ')}`
      : `its tensors have other shapes, such as ${shape.tensor} with [${shape.found.join(', ')}] instead of [${shape.expected.join(', ')}]`;
  return new WeightsError(file.path, `nothing in ${file.path} fits ${model.name}: ${why}`, {
    help: 'see what is in it with `exp weights inspect`, and give `model` the settings that it was trained with',
  });
}
