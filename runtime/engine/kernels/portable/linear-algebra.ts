import { binary, type PortableKernel } from './kernel.ts';

const matMul: PortableKernel<'matMul'> = ({ attributes: { transposeA, transposeB } }, tf) =>
  binary((a, b) => tf.matMul(a, b, transposeA, transposeB));

export const linearAlgebra = { matMul };
