import { type PortableKernel, unary } from './kernel.ts';

const sum: PortableKernel<'sum'> = ({ attributes: { axes, keepDims } }, tf) =>
  unary((x) => (axes.length === 0 ? tf.clone(x) : tf.sum(x, [...axes], keepDims)));

const mean: PortableKernel<'mean'> = ({ attributes: { axes, keepDims } }, tf) =>
  unary((x) => (axes.length === 0 ? tf.clone(x) : tf.mean(x, [...axes], keepDims)));

const argMax: PortableKernel<'argMax'> = ({ attributes: { axis } }, tf) => unary((x) => tf.argMax(x, axis));

export const reductions = { sum, mean, argMax };
