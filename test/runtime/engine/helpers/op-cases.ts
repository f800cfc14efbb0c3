import type { OpAttributes, OpName } from '../../../../compiler/graph/types.ts';
import { integers, noise, type Operand } from './single-op.ts';

/** Operands of every op, over odd sizes and two samples. An op without cases does not compile. */

export interface OpCase<O extends OpName> {
  readonly attributes: OpAttributes[O];
  readonly operands: readonly Operand[];
}

/** The forward op whose statistics the gradient of a norm takes as its last operands. */
export const STATISTICS_FROM = {
  instanceNormGrad: 'instanceNorm',
  groupNormGrad: 'groupNorm',
  layerNormGrad: 'layerNorm',
} as const;

const VOLUMES = [
  [1, 3, 5, 2, 4],
  [2, 4, 3, 5, 6],
  [2, 1, 2, 1, 4],
] as const;

const one = <O extends OpName>(attributes: OpAttributes[O], ...operands: Operand[]): OpCase<O> => ({
  attributes,
  operands,
});
const [plain, positive] = [noise([2, 3, 5], 1), noise([2, 3, 5], 2, 0.1, 3)];

const pairs: readonly (readonly [Operand, Operand])[] = [
  [noise([2, 3, 5], 1), noise([2, 3, 5], 2, 0.5, 2)],
  [noise([2, 3, 5], 3), noise([5], 4, 0.5, 2)],
  [noise([3, 1], 5), noise([2, 1, 7], 6, 0.5, 2)],
  [noise([], 7), noise([4], 8, 0.5, 2)],
];

const matrices: readonly OpCase<'matMul'>[] = [
  one({ transposeA: false, transposeB: false }, noise([7, 3], 1), noise([3, 5], 2)),
  one({ transposeA: true, transposeB: false }, noise([3, 7], 1), noise([3, 5], 2)),
  one({ transposeA: false, transposeB: true }, noise([2, 3, 7, 4], 1), noise([2, 3, 5, 4], 2)),
  one({ transposeA: true, transposeB: true }, noise([2, 4, 7], 1), noise([2, 5, 4], 2)),
];

const convolutions = (
  [
    { volume: [1, 5, 4, 3, 2], filter: [3, 3, 3, 2, 4], strides: [1, 1, 1], padding: 'same' },
    { volume: [2, 7, 5, 6, 3], filter: [3, 3, 3, 3, 5], strides: [2, 2, 2], padding: 'valid' },
    { volume: [2, 5, 6, 7, 3], filter: [3, 3, 3, 3, 2], strides: [2, 2, 2], padding: 'same' },
    { volume: [1, 4, 4, 4, 3], filter: [1, 1, 1, 3, 5], strides: [1, 1, 1], padding: 'same' },
    { volume: [2, 4, 6, 8, 3], filter: [2, 2, 2, 3, 5], strides: [2, 2, 2], padding: 'valid' },
    { volume: [1, 5, 7, 4, 3], filter: [2, 2, 2, 3, 4], strides: [2, 2, 2], padding: 'valid' },
    { volume: [1, 5, 7, 3, 3], filter: [2, 2, 2, 3, 4], strides: [2, 2, 2], padding: 'same' },
    { volume: [1, 9, 8, 7, 2], filter: [5, 3, 1, 2, 3], strides: [1, 1, 1], padding: 'valid' },
  ] as const
).map(({ volume, filter, strides, padding }) => {
  const out = [1, 2, 3].map((axis) => {
    const [size, stride, kernel] = [volume[axis] ?? 1, strides[axis - 1] ?? 1, filter[axis - 1] ?? 1];
    return padding === 'same' ? Math.ceil(size / stride) : Math.floor((size - kernel) / stride) + 1;
  });
  const dy = noise([volume[0], ...out, filter[4]], 3);
  return { x: noise(volume, 1), weights: noise(filter, 2), dy, strides, padding };
});

const norms = VOLUMES.map((shape) => ({ x: noise(shape, 1, -1, 3), dy: noise(shape, 2), channels: shape[4] }));

export const OP_CASES: { readonly [O in OpName]: readonly OpCase<O>[] } = {
  add: pairs.map((operands) => one({}, ...operands)),
  sub: pairs.map((operands) => one({}, ...operands)),
  mul: pairs.map((operands) => one({}, ...operands)),
  div: pairs.map((operands) => one({}, ...operands)),
  maximum: pairs.map((operands) => one({}, ...operands)),
  minimum: pairs.map((operands) => one({}, ...operands)),
  neg: [one({}, plain)],
  sqrt: [one({}, positive)],
  square: [one({}, plain)],
  exp: [one({}, plain)],
  log: [one({}, positive)],
  cast: [one({ to: 'bfloat16' }, plain)],
  relu: [one({}, plain)],
  reluGrad: [one({}, noise([2, 3, 5], 9), plain)],
  leakyRelu: [one({ alpha: 0.01 }, plain)],
  leakyReluGrad: [one({ alpha: 0.01 }, noise([2, 3, 5], 9), plain)],
  softplus: [one({}, noise([2, 3, 5], 3, -30, 30))],
  softplusGrad: [one({}, noise([2, 3, 5], 9), noise([2, 3, 5], 3, -30, 30))],
  prelu: [one({}, plain, noise([1], 5)), one({}, noise([2, 4, 3, 5, 6], 4), noise([1], 6, 1, 2))],
  preluGrad: [
    one({}, noise([2, 3, 5], 9), plain, noise([1], 5)),
    one({}, noise([2, 4, 3, 5, 6], 7), noise([2, 4, 3, 5, 6], 4), noise([1], 6, 1, 2)),
  ],
  gelu: [one({}, noise([2, 3, 5], 3, -6, 6))],
  geluGrad: [one({}, noise([2, 3, 5], 9), noise([2, 3, 5], 3, -6, 6))],
  sum: [
    one({ axes: [0, 1, 2], keepDims: false }, plain),
    one({ axes: [1], keepDims: true }, plain),
    one({ axes: [0, 1], keepDims: false }, noise([100, 77, 3], 4)),
    one({ axes: [0, 1], keepDims: true }, noise([100, 77, 3], 5)),
  ],
  mean: [one({ axes: [0, 2], keepDims: true }, plain), one({ axes: [0, 1], keepDims: false }, noise([100, 77, 3], 4))],
  argMax: [one({ axis: 2 }, plain), one({ axis: 0 }, plain)],
  reshape: [
    one({ shape: [5, 6] }, plain),
    one(
      { shape: [30] },
      integers([2, 3, 5], (index) => index),
    ),
  ],
  transpose: [
    one({ permutation: [2, 0, 1] }, plain),
    one({ permutation: [0, 1, 4, 2, 5, 3, 6, 7] }, noise([1, 2, 3, 2, 2, 1, 2, 3], 1)),
  ],
  slice: [one({ begin: [1, 0, 2], size: [1, 2, 3] }, plain)],
  split: [one({ axis: 2, sizes: [2, 3] }, plain), one({ axis: 0, sizes: [3, 1, 6] }, noise([10], 1))],
  concat: [one({ axis: 1 }, plain, noise([2, 4, 5], 2), noise([2, 1, 5], 3))],
  pad: [
    one(
      {
        paddings: [
          [0, 1],
          [2, 0],
          [1, 1],
        ],
      },
      plain,
    ),
    one(
      {
        paddings: [
          [0, 0],
          [1, 0],
          [1, 1],
          [1, 0],
          [0, 0],
        ],
      },
      noise([2, 3, 2, 4, 3], 1),
    ),
  ],
  roll: [
    one({ axes: [0, 2], shifts: [1, -2] }, plain),
    one({ axes: [1, 2, 3], shifts: [-3, 3, 0] }, noise([1, 4, 5, 6, 2], 1)),
  ],
  broadcastTo: [one({ shape: [4, 2, 5] }, noise([2, 1], 1)), one({ shape: [2, 3] }, noise([], 2))],
  gather: [
    one(
      {},
      noise([4, 3], 1),
      integers([6], (index) => (index * 3) % 4),
    ),
  ],
  segmentSum: [
    one(
      { segments: 4 },
      noise([6, 3], 1),
      integers([6], (index) => (index * index) % 3),
    ),
  ],
  oneHot: [
    one(
      { depth: 3 },
      integers([2, 5], (index) => index % 3),
    ),
  ],
  matMul: matrices,
  conv3d: convolutions.map(({ x, weights, strides, padding }) => one({ strides, padding }, x, weights)),
  conv3dGradInput: convolutions.map(({ x, weights, dy, strides, padding }) =>
    one({ inputShape: x.shape, strides, padding }, dy, weights),
  ),
  conv3dGradFilter: convolutions.map(({ x, weights, dy, strides, padding }) =>
    one({ filterShape: weights.shape, strides, padding }, x, dy),
  ),
  softmax: [one({}, noise([3, 4, 5], 1, -8, 8)), one({}, noise([3, 7, 2], 1, -30, 30))],
  softmaxGrad: [
    one({}, noise([6, 2], 1), noise([6, 2], 2, 0, 0.5)),
    one({}, noise([4, 5], 1), noise([4, 5], 2, 0, 0.3)),
  ],
  logSoftmax: [one({}, noise([3, 4, 5], 1, -8, 8)), one({}, noise([3, 7, 2], 1, -30, 30))],
  logSoftmaxGrad: [
    one({}, noise([6, 2], 1), noise([6, 2], 2, -3, 0)),
    one({}, noise([4, 5], 1), noise([4, 5], 2, -3, 0)),
  ],
  instanceNorm: norms.map(({ x }) => one({ epsilon: 1e-5 }, x)),
  instanceNormGrad: norms.map(({ x, dy }) => one({ epsilon: 1e-5 }, dy, x)),
  groupNorm: norms.flatMap(({ x, channels }) =>
    [2, channels].map((groups) => one({ groups, epsilon: 1e-5 }, x, noise([channels], 5), noise([channels], 6))),
  ),
  groupNormGrad: norms.flatMap(({ x, dy, channels }) =>
    // Of two voxels each channel's own gradient is a small difference.
    (x.data.length > 100 ? [2, channels] : [2]).map((groups) =>
      one({ groups, epsilon: 1e-5 }, dy, x, noise([channels], 5)),
    ),
  ),
  layerNorm: norms.map(({ x, channels }) => one({ epsilon: 1e-5 }, x, noise([channels], 5), noise([channels], 6))),
  layerNormGrad: norms.map(({ x, dy, channels }) => one({ epsilon: 1e-5 }, dy, x, noise([channels], 5))),
  sgd: [true, false].map((nesterov) =>
    one({ momentum: 0.9, nesterov }, noise([37], 1), noise([37], 2), noise([37], 3), noise([], 4, 0.01, 0.01)),
  ),
  movingAverage: [one({}, noise([37], 1), noise([37], 2), noise([], 3, 0.99, 0.99))],
  adamw: [
    one(
      { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
      noise([37], 1),
      noise([37], 2, -0.1, 0.1),
      noise([37], 3, 0, 0.1),
      noise([37], 4),
      noise([], 5, 1e-3, 1e-3),
      noise([], 6, 0.19, 0.19),
      noise([], 7, 0.002, 0.002),
    ),
    one(
      { beta1: 0.9, beta2: 0.999, epsilon: 1e-3, weightDecay: 0 },
      noise([5], 1),
      noise([5], 2),
      noise([5], 3, 0, 1),
      noise([5], 4),
      noise([], 5, 0.1, 0.1),
      noise([], 6, 0.1, 0.1),
      noise([], 7, 0.001, 0.001),
    ),
  ],
};
