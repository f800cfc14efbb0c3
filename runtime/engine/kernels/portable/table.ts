import type { OpName } from '../../../../compiler/graph/types.ts';
import { convolutions } from './convolution.ts';
import { elementwise } from './elementwise.ts';
import { indices } from './indices.ts';
import type { PortableKernel } from './kernel.ts';
import { linearAlgebra } from './linear-algebra.ts';
import { normalizations } from './normalization.ts';
import { optimizers } from './optimizer.ts';
import { reductions } from './reduction.ts';
import { shapes } from './shape.ts';
import { softmaxes } from './softmax.ts';

/** One kernel for every op of the graph; an op without one does not compile. */
export const PORTABLE_KERNELS: { readonly [O in OpName]: PortableKernel<O> } = {
  ...elementwise,
  ...reductions,
  ...shapes,
  ...indices,
  ...linearAlgebra,
  ...convolutions,
  ...softmaxes,
  ...normalizations,
  ...optimizers,
};
