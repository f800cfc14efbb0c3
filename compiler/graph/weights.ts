import { assertNever } from '../../dsl/assert-never.ts';
import { GraphError } from './errors.ts';
import { randomStream } from './random.ts';
import { elementCount, formatShape } from './shapes.ts';
import type { WeightSpec } from './types.ts';
import { toGraphLayout, toStoredLayout } from './weight-layout.ts';

/** The flat weight vector: every parameter, in the graph's layout, one after another by `WeightSpec.offset`. */

/** A cut at ±2 of N(0, 0.02²) never strikes, but other networks have wider ones. */
const TRUNCATION = 2; // torch.nn.init.trunc_normal_ a, b

/**
 * Initial weights, distributed as torch's. They depend on the seed and the parameter's name alone.
 *
 * @returns [weightCount], in the graph's layout
 */
export function initialWeights(specs: readonly WeightSpec[], seed: number): Float32Array {
  return packWeights(specs, (spec) => initialWeight(spec, seed));
}

function initialWeight({ name, storedShape, init }: WeightSpec, seed: number): Float32Array {
  const weight = new Float32Array(elementCount(storedShape));
  switch (init.kind) {
    case 'constant':
      return weight.fill(init.value);
    case 'uniform': {
      const random = randomStream(seed, name);
      return weight.map(() => (2 * random.uniform() - 1) * init.bound);
    }
    case 'normal': {
      const random = randomStream(seed, name);
      return weight.map(() => random.normal() * init.std);
    }
    case 'truncatedNormal': {
      const random = randomStream(seed, name);
      return weight.map(() => {
        for (;;) {
          const drawn = random.normal() * init.std;
          if (Math.abs(drawn) <= TRUNCATION) return drawn;
        }
      });
    }
    default:
      return assertNever(init);
  }
}

/**
 * Parameters in MONAI's layout → the weight vector.
 *
 * @param stored gives each parameter in MONAI's element order
 * @throws {GraphError} when a parameter is missing or has another size
 */
export function packWeights(
  specs: readonly WeightSpec[],
  stored: (spec: WeightSpec) => Float32Array | undefined,
): Float32Array {
  const vector = new Float32Array(specs.reduce((total, { shape }) => total + elementCount(shape), 0));
  for (const spec of specs) {
    const weight = stored(spec);
    const size = elementCount(spec.storedShape);
    if (weight === undefined) throw new GraphError(`the parameter ${spec.name} is missing`);
    if (weight.length !== size) {
      throw new GraphError(
        `the parameter ${spec.name} must be ${formatShape(spec.storedShape)} (${size} elements), not ${weight.length} elements`,
      );
    }
    vector.set(toGraphLayout(spec, weight), spec.offset);
  }
  return vector;
}

/** The weight vector, or a vector like it (gradients, moments) → parameters in MONAI's layout by MONAI's names. */
export function unpackWeights(specs: readonly WeightSpec[], vector: Float32Array): ReadonlyMap<string, Float32Array> {
  return new Map(
    specs.map((spec) => {
      const elements = vector.subarray(spec.offset, spec.offset + elementCount(spec.shape));
      return [spec.name, toStoredLayout(spec, elements)];
    }),
  );
}
