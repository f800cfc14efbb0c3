import type { OpAttributes, Shape } from '../../../../compiler/graph/types.ts';
import { at, binary, type PortableKernel, type Tensor, type TensorLibrary } from './kernel.ts';
import { rounded } from './rounding.ts';

/**
 * Convolutions as sums of matrix products, one for each voxel of the kernel: y = Σ_k window_k(x)·W_k.
 *
 * Not with tfjs's own kernels: on WebAssembly its gradients are wrong (input gradients at any depth above one, filter gradients
 * with strides) and its loops scalar, while its matrix product is vectorised.
 */

type Triple = readonly number[];
type ConvolutionAttributes = Pick<OpAttributes['conv3d'], 'strides' | 'padding'>;

/** Where the kernel stands over the volume, per axis. */
interface Geometry {
  readonly kernel: Triple;
  readonly strides: Triple;
  readonly input: Triple;
  readonly output: Triple;
  /** Zeros before and after the volume. */
  readonly before: Triple;
  readonly after: Triple;
}

/** TensorFlow's rule: SAME gives ⌈size / stride⌉ and pads evenly, the odd voxel at the end. */
function geometryOf(x: Shape, filter: Shape, { strides, padding }: ConvolutionAttributes): Geometry {
  const [kernel, input] = [filter.slice(0, 3), x.slice(1, 4)];
  const output = input.map((size, axis) =>
    padding === 'same'
      ? Math.ceil(size / at(strides, axis))
      : Math.floor((size - at(kernel, axis)) / at(strides, axis)) + 1,
  );
  const total = output.map((size, axis) => {
    const needed = (size - 1) * at(strides, axis) + at(kernel, axis) - at(input, axis);
    return padding === 'same' ? Math.max(needed, 0) : 0;
  });
  const before = total.map((size) => Math.floor(size / 2));
  return { kernel, strides, input, output, before, after: total.map((size, axis) => size - at(before, axis)) };
}

/** The positions of a kernel's voxels in row-major order. */
function positionsOf([depth = 1, height = 1, width = 1]: Triple): Triple[] {
  const count = depth * height * width;
  return Array.from({ length: count }, (_, index) => [
    Math.floor(index / (height * width)),
    Math.floor(index / width) % height,
    index % width,
  ]);
}

function padSides(tf: TensorLibrary, x: Tensor, before: Triple, after: Triple): Tensor {
  const sides = before.map((size, axis): [number, number] => [size, at(after, axis)]);
  return tf.pad(x, [[0, 0], ...sides, [0, 0]]);
}

/** The voxels that one position of the kernel sees: [N · output, C]. */
function windowOf(tf: TensorLibrary, padded: Tensor, position: Triple, output: Triple, strides: Triple): Tensor {
  const [batch, channels] = [at(padded.shape, 0), at(padded.shape, 4)];
  const begin = [0, ...position, 0];
  const extent = output.map((size, axis) => (size - 1) * at(strides, axis) + 1);
  const block = tf.slice(padded, begin, [batch, ...extent, channels]);
  const dense = strides.every((stride) => stride === 1);
  const window = dense ? block : tf.stridedSlice(block, [0, 0, 0, 0, 0], block.shape, [1, ...strides, 1]);
  return tf.reshape(window, [-1, channels]);
}

/** W_k, [Cin, Cout]. */
function matrixAt(tf: TensorLibrary, filter: Tensor, index: number): Tensor {
  const [inner, outer] = [at(filter.shape, 3), at(filter.shape, 4)];
  return tf.reshape(tf.slice(tf.reshape(filter, [-1, inner * outer]), [index, 0], [1, -1]), [inner, outer]);
}

/** Adds up, and keeps no more than the sum. */
function sumOf(tf: TensorLibrary, terms: readonly (() => Tensor)[]): Tensor {
  const [first, ...rest] = terms;
  if (first === undefined) return tf.scalar(0);
  return rest.reduce((sum, term) => {
    const next = tf.tidy(() => tf.add(sum, term()));
    sum.dispose();
    return next;
  }, tf.tidy(first));
}

const conv3d: PortableKernel<'conv3d'> = (site, tf) => {
  const { shape, dtype } = at(site.outputs, 0);
  const geometry = geometryOf(at(site.inputs, 0).shape, at(site.inputs, 1).shape, site.attributes);
  const positions = positionsOf(geometry.kernel);
  return binary((x, filter) => {
    const padded = padSides(tf, x, geometry.before, geometry.after);
    const terms = positions.map((position, index) => () => {
      const window = windowOf(tf, padded, position, geometry.output, geometry.strides);
      return tf.matMul(window, matrixAt(tf, filter, index));
    });
    return rounded(tf, tf.reshape(sumOf(tf, terms), [...shape]), dtype);
  });
};

/** dW_k = window_k(x)ᵀ·dy */
const conv3dGradFilter: PortableKernel<'conv3dGradFilter'> = (site, tf) => {
  const { filterShape } = site.attributes;
  const geometry = geometryOf(at(site.inputs, 0).shape, filterShape, site.attributes);
  const positions = positionsOf(geometry.kernel);
  return binary((x, dy) => {
    const padded = padSides(tf, x, geometry.before, geometry.after);
    const gradient = tf.reshape(dy, [-1, at(filterShape, 4)]);
    const products = positions.map((position) =>
      tf.tidy(() => {
        const window = windowOf(tf, padded, position, geometry.output, geometry.strides);
        return tf.matMul(tf.transpose(window), gradient);
      }),
    );
    return rounded(tf, tf.reshape(tf.concat(products, 0), [...filterShape]), at(site.outputs, 0).dtype);
  });
};

/** A convolution of dy, with zeros between its voxels where the stride skipped some, with the flipped filter. */
const conv3dGradInput: PortableKernel<'conv3dGradInput'> = (site, tf) => {
  const { inputShape } = site.attributes;
  const { kernel, strides, input, output, before } = geometryOf(inputShape, at(site.inputs, 1).shape, site.attributes);
  const spread = output.map((size, axis) => (size - 1) * at(strides, axis) + 1);
  const front = kernel.map((size, axis) => size - 1 - at(before, axis));
  const back = input.map((size, axis) => size + at(before, axis) - at(spread, axis));
  const positions = positionsOf(kernel);
  return binary((dy, filter) => {
    const padded = padSides(tf, withGaps(tf, dy, strides), front, back);
    const terms = positions.map((position, index) => () => {
      const window = windowOf(tf, padded, position, input, [1, 1, 1]);
      return tf.matMul(window, tf.transpose(matrixAt(tf, filter, positions.length - 1 - index)));
    });
    return rounded(tf, tf.reshape(sumOf(tf, terms), [...inputShape]), at(site.outputs, 0).dtype);
  });
};

/** Zeros between neighbouring voxels, so that they stand a stride apart. */
function withGaps(tf: TensorLibrary, x: Tensor, strides: Triple): Tensor {
  return strides.reduce((spaced, stride, index) => {
    if (stride === 1) return spaced;
    const axis = index + 1;
    const { shape } = spaced;
    const size = at(shape, axis);
    const inner = shape.slice(axis + 1).reduce((product, length) => product * length, 1);
    const rows = tf.reshape(spaced, [-1, 1, inner]);
    const gaps = tf.zeros([at(rows.shape, 0), stride - 1, inner]);
    const stretched = tf.reshape(tf.concat([rows, gaps], 1), shape.with(axis, size * stride));
    const end = shape.with(axis, (size - 1) * stride + 1);
    return tf.slice(
      stretched,
      shape.map(() => 0),
      end,
    );
  }, x);
}

export const convolutions = { conv3d, conv3dGradInput, conv3dGradFilter };
