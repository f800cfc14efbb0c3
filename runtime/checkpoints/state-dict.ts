import { skipLayerName } from '../../compiler/graph/networks/dynunet.ts';
import { relativePositionIndex } from '../../compiler/graph/networks/window-attention.ts';
import type { WeightSpec } from '../../compiler/graph/types.ts';
import { packWeights, unpackWeights } from '../../compiler/graph/weights.ts';
import type { PlanModel } from '../../compiler/plan/schema.ts';
import { assertNever } from '../../dsl/assert-never.ts';
import type { SafeTensor } from './safetensors.ts';

/** The flat weight vector ↔ tensors under MONAI's names in MONAI's layouts, for `load_state_dict(…, strict=True)`. */

/** @param prefix before each name: moments of the optimizer are stored beside each other */
export function vectorToTensors(
  specs: readonly WeightSpec[],
  vector: Float32Array,
  prefix = '',
): ReadonlyMap<string, SafeTensor> {
  const stored = unpackWeights(specs, vector);
  return new Map(
    specs.map(({ name, storedShape }) => [
      `${prefix}${name}`,
      { dtype: 'F32', shape: storedShape, data: stored.get(name) ?? new Float32Array() },
    ]),
  );
}

/** @throws {GraphError} when a parameter is missing or has another size */
export function tensorsToVector(
  specs: readonly WeightSpec[],
  tensors: ReadonlyMap<string, SafeTensor>,
  prefix = '',
): Float32Array {
  return packWeights(specs, ({ name }) => {
    const tensor = tensors.get(`${prefix}${name}`);
    return tensor?.dtype === 'F32' ? tensor.data : undefined;
  });
}

const BIAS_TABLE = 'relative_position_bias_table';

/**
 * What a MONAI module keeps in its state dict beside its parameters: buffers, and parameters under a second name. Strict
 * loading asks for it.
 */
export function monaiExtras(
  model: PlanModel,
  parameters: ReadonlyMap<string, SafeTensor>,
): ReadonlyMap<string, SafeTensor> {
  switch (model.name) {
    case 'SegResNet':
    case 'UNet':
      return new Map();
    case 'DynUNet':
      return new Map(
        [...parameters].flatMap(([name, tensor]) => {
          const again = skipLayerName(model, name);
          return again === null ? [] : [[again, tensor] as const];
        }),
      );
    case 'SwinUNETR': {
      const tokens = model.windowSize ** 3;
      const data = BigInt64Array.from(relativePositionIndex(model.windowSize, tokens), BigInt);
      return new Map(
        [...parameters.keys()]
          .filter((name) => name.endsWith(BIAS_TABLE))
          .map((name) => [
            name.replace(BIAS_TABLE, 'relative_position_index'),
            { dtype: 'I64', shape: [tokens, tokens], data },
          ]),
      );
    }
    default:
      return assertNever(model);
  }
}
