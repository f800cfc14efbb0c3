import { binary, type PortableKernel, type Tensor } from './kernel.ts';

const matMul: PortableKernel<'matMul'> = ({ attributes: { transposeA, transposeB } }, tf) =>
  binary((a, b) => tf.matMul(a, b, transposeA, transposeB));

/** By kernel name, since tfjs exports no function for the gradients of convolutions. */
const conv3d: PortableKernel<'conv3d'> = ({ attributes: { strides, padding } }, tf) => {
  const attributes = { strides: [...strides], pad: padding, dataFormat: 'NDHWC', dilations: [1, 1, 1] };
  return binary((x, filter) => tf.engine().runKernel<Tensor>('Conv3D', { x, filter }, attributes));
};

const conv3dGradInput: PortableKernel<'conv3dGradInput'> = ({ attributes: { strides, padding, inputShape } }, tf) => {
  const attributes = { strides: [...strides], pad: padding, inputShape: [...inputShape] };
  return binary((dy, filter) => tf.engine().runKernel<Tensor>('Conv3DBackpropInputV2', { dy, filter }, attributes));
};

const conv3dGradFilter: PortableKernel<'conv3dGradFilter'> = (
  { attributes: { strides, padding, filterShape } },
  tf,
) => {
  const attributes = { strides: [...strides], pad: padding, filterShape: [...filterShape] };
  return binary((x, dy) => tf.engine().runKernel<Tensor>('Conv3DBackpropFilterV2', { x, dy }, attributes));
};

export const linearAlgebra = { matMul, conv3d, conv3dGradInput, conv3dGradFilter };
