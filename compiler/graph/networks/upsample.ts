import type { GraphBuilder } from '../builder.ts';
import { sizeAt } from '../shapes.ts';
import type { Value } from '../types.ts';
import { channelsOf, spatialOf } from './layers.ts';

/**
 * Trilinear upsampling by two, torch's `interpolate(scale_factor=2, mode='trilinear', align_corners=False)`, as one matrix
 * product an axis. The innermost axis goes first, while the tensor is small; the last product, which writes the whole
 * result, is one large matrix product.
 */
export function trilinearUpsample(g: GraphBuilder, x: Value): Value {
  const [batch, [depth, height, width], channels] = [sizeAt(x.shape, 0), spatialOf(x), channelsOf(x)];
  const wide = g.matMul(doubling(g, width), g.reshape(x, [batch * depth * height, width, channels]));
  const high = g.matMul(doubling(g, height), g.reshape(wide, [batch * depth, height, 2 * width * channels]));
  const deep = g.matMul(doubling(g, depth), g.reshape(high, [batch, depth, 4 * height * width * channels]));
  return g.reshape(deep, [batch, 2 * depth, 2 * height, 2 * width, channels]);
}

/**
 * [2·size, size]: sample i of the result lies at (i + ½)/2 − ½ of the source, between the two neighbours ¼ and ¾ away; at
 * the ends the outer neighbour is the end itself.
 */
function doubling(g: GraphBuilder, size: number): Value {
  const matrix = new Float32Array(2 * size * size);
  for (let i = 0; i < 2 * size; i++) {
    const near = i >> 1;
    const far = Math.min(Math.max(i % 2 === 0 ? near - 1 : near + 1, 0), size - 1);
    matrix[i * size + near] = (matrix[i * size + near] ?? 0) + 0.75;
    matrix[i * size + far] = (matrix[i * size + far] ?? 0) + 0.25;
  }
  return g.constant(matrix, [2 * size, size]);
}
