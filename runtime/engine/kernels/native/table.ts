import type { OpName } from '../../../../compiler/graph/types.ts';
import { convolutions } from './convolution.ts';
import { elementwise } from './elementwise.ts';
import { groupNorms } from './group-norm.ts';
import { instanceNorms } from './instance-norm.ts';
import type { NativeKernel } from './kernel.ts';
import { layerNorms } from './layer-norm.ts';
import { linearAlgebra } from './matmul.ts';
import { optimizers } from './optimizer.ts';
import { reductions } from './reduction.ts';
import { shapes } from './shape.ts';
import { softmaxes } from './softmax.ts';

/** One kernel for every op of the graph; an op without one does not compile. */
export const NATIVE_KERNELS: { readonly [O in OpName]: NativeKernel<O> } = {
  ...elementwise,
  ...reductions,
  ...shapes,
  ...linearAlgebra,
  ...convolutions,
  ...softmaxes,
  ...instanceNorms,
  ...groupNorms,
  ...layerNorms,
  ...optimizers,
};
