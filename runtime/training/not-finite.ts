import { elementCount } from '../../compiler/graph/shapes.ts';
import type { WeightSpec } from '../../compiler/graph/types.ts';

/** Where in a vector like the weight vector a value is NaN or infinite. */
export interface NotFinite {
  readonly parameter: string;
  readonly value: number;
  /** Further parameters that have such a value. */
  readonly others: number;
}

/**
 * @param from `output` names the parameter nearest the network's output, where a gradient that runs backwards was spoilt
 * first; `input` the one nearest its input
 * @returns null where all values are numbers
 */
export function findNotFinite(
  specs: readonly WeightSpec[],
  vector: Float32Array,
  from: 'input' | 'output',
): NotFinite | null {
  const found = specs.flatMap((spec) => {
    const value = vector.subarray(spec.offset, spec.offset + elementCount(spec.shape)).find((x) => !Number.isFinite(x));
    return value === undefined ? [] : [{ parameter: spec.name, value }];
  });
  const first = found.at(from === 'input' ? 0 : -1);
  return first === undefined ? null : { ...first, others: found.length - 1 };
}

/** `NaN, in conv_final.2.conv.weight and 3 more parameters` */
export function describeNotFinite({ parameter, value, others }: NotFinite): string {
  const more = others === 0 ? '' : ` and ${others} more ${others === 1 ? 'parameter' : 'parameters'}`;
  return `${value}, in ${parameter}${more}`;
}
