import { broadcastShapes, elementCount, formatShape, sameShape, sizeAt } from '../shapes.ts';
import type { OpAttributes, Shape, TensorType } from '../types.ts';
import type { OpDefinition, Types } from './definition.ts';
import { float32, readAndWriteAll, require, requireRank } from './definition.ts';
import { unbroadcast } from './elementwise.ts';

/** Matrix products and convolutions. */

/** Rows and columns of a matrix after its optional transposition. */
function matrixSize(shape: Shape, transposed: boolean): readonly [rows: number, columns: number] {
  require(shape.length >= 2, `a matrix needs two axes, not ${formatShape(shape)}`);
  const rows = sizeAt(shape, shape.length - 2);
  const columns = sizeAt(shape, shape.length - 1);
  return transposed ? [columns, rows] : [rows, columns];
}

const matMul: OpDefinition<'matMul'> = {
  inputs: 2,
  shape: ({ transposeA, transposeB }, inputs) => {
    const [a, b] = [inputs.shape(0), inputs.shape(1)];
    const [rows, inner] = matrixSize(a, transposeA);
    const [innerB, columns] = matrixSize(b, transposeB);
    require(inner === innerB, `inner sizes ${inner} and ${innerB} of ${formatShape(a)} and ${formatShape(b)} differ`);
    return [float32([...broadcastShapes(a.slice(0, -2), b.slice(0, -2)), rows, columns])];
  },
  flops: ({ transposeA }, inputs, outputs) => 2 * outputs.elements(0) * matrixSize(inputs.shape(0), transposeA)[1],
  bytes: readAndWriteAll,
  gradient: ({ g, dy, input, attributes: { transposeA, transposeB } }) => {
    const [a, b] = [input(0), input(1)];
    // C = A·B: dA = dC·Bᵀ and dB = Aᵀ·dC; a stored transpose swaps the two factors.
    const dA = transposeA
      ? g.matMul(b, dy, { transposeA: transposeB, transposeB: true })
      : g.matMul(dy, b, { transposeB: !transposeB });
    const dB = transposeB
      ? g.matMul(dy, a, { transposeA: true, transposeB: transposeA })
      : g.matMul(a, dy, { transposeA: !transposeA });
    return [unbroadcast(g, dA, a), unbroadcast(g, dB, b)];
  },
};

/** Output size of one spatial axis, by TensorFlow's rules. */
function convolvedSize(size: number, kernel: number, stride: number, padding: 'same' | 'valid'): number {
  return padding === 'same' ? Math.ceil(size / stride) : Math.floor((size - kernel) / stride) + 1;
}

function convolvedShape({ strides, padding }: OpAttributes['conv3d'], x: Shape, filter: Shape): Shape {
  requireRank('the input', x, 5);
  requireRank('the filter', filter, 5);
  require(x[4] === filter[3], `the input has ${x[4]} channels, the filter takes ${filter[3]}`);
  const spatial = strides.map((stride, axis) =>
    convolvedSize(sizeAt(x, axis + 1), sizeAt(filter, axis), stride, padding),
  );
  require(spatial.every((size) => size > 0), `a filter of ${formatShape(filter)} is larger than ${formatShape(x)}`);
  return [sizeAt(x, 0), ...spatial, sizeAt(filter, 4)];
}

/** The result has the format of the operands. */
function convolved(shape: Shape, operands: Types): readonly TensorType[] {
  const [{ dtype }, other] = [operands.at(0), operands.at(1)];
  require(dtype !== 'int32' && dtype === other.dtype, `operands are ${dtype} and ${other.dtype}`);
  return [{ shape, dtype }];
}

/** Two operations for each filter element at each output voxel. */
function convolutionFlops(filter: Shape, output: Shape): number {
  return 2 * elementCount(output.slice(0, 4)) * elementCount(filter);
}

const conv3d: OpDefinition<'conv3d'> = {
  inputs: 2,
  shape: (attributes, inputs) => convolved(convolvedShape(attributes, inputs.shape(0), inputs.shape(1)), inputs),
  flops: (_, inputs, outputs) => convolutionFlops(inputs.shape(1), outputs.shape(0)),
  bytes: readAndWriteAll,
  gradient: ({ g, dy, input, attributes: { strides, padding } }) => [
    g.conv3dGradInput(dy, input(1), { inputShape: input(0).shape, strides, padding }),
    g.conv3dGradFilter(input(0), dy, { filterShape: input(1).shape, strides, padding }),
  ],
};

function requireConvolved(attributes: OpAttributes['conv3d'], x: Shape, filter: Shape, dy: Shape): void {
  const expected = convolvedShape(attributes, x, filter);
  require(sameShape(expected, dy), `dy must be ${formatShape(expected)}, not ${formatShape(dy)}`);
}

const conv3dGradInput: OpDefinition<'conv3dGradInput'> = {
  inputs: 2,
  shape: (attributes, inputs) => {
    requireConvolved(attributes, attributes.inputShape, inputs.shape(1), inputs.shape(0));
    return convolved(attributes.inputShape, inputs);
  },
  flops: (_, inputs) => convolutionFlops(inputs.shape(1), inputs.shape(0)),
  bytes: readAndWriteAll,
  // As a layer of its own, the transposed convolution, it is linear in both.
  gradient: ({ g, dy, input, attributes: { strides, padding } }) => [
    g.conv3d(dy, input(1), { strides, padding }),
    g.conv3dGradFilter(dy, input(0), { filterShape: input(1).shape, strides, padding }),
  ],
};

const conv3dGradFilter: OpDefinition<'conv3dGradFilter'> = {
  inputs: 2,
  shape: (attributes, inputs) => {
    requireConvolved(attributes, inputs.shape(0), attributes.filterShape, inputs.shape(1));
    return convolved(attributes.filterShape, inputs);
  },
  flops: ({ filterShape }, inputs) => convolutionFlops(filterShape, inputs.shape(1)),
  bytes: readAndWriteAll,
  gradient: null,
};

export const linearOps = { matMul, conv3d, conv3dGradInput, conv3dGradFilter } as const;
