import type { DType } from '../../../../compiler/graph/types.ts';
import type { Tensor, TensorLibrary } from './kernel.ts';

/** 2^16 + 1: of float32's 24 significant bits, 8 are left. */
const SPLITTER = 65537;

/**
 * What a value would be in a format that tfjs does not have: for bfloat16 the nearest float32 of eight significant bits.
 * Right up to 2^111, beyond which it is no number.
 *
 * @see Dekker, "A floating-point technique for extending the available precision", 1971 (Veltkamp's splitting)
 */
export function rounded(tf: TensorLibrary, x: Tensor, dtype: DType): Tensor {
  if (dtype !== 'bfloat16') return x;
  const product = tf.mul(x, SPLITTER);
  return tf.sub(product, tf.sub(product, x));
}
