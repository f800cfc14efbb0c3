import type { OpAttributes } from '../../../../compiler/graph/types.ts';
import { type Dimension, known, type Operand } from '../exportable.ts';
import { ints } from '../onnx/proto.ts';
import type { OnnxWriter } from '../onnx/writer.ts';
import { FLOAT, INT32, type TfWriter, tfInts, tfText } from '../tfjs/writer.ts';
import { type Mapping, NOT_EXPORTED, type Site } from './mapping.ts';

/** Matrix products and convolutions. */

const matMul: Mapping<'matMul'> = {
  onnx: (w, site) => {
    const [a, b] = [site.input(0), site.input(1)];
    const volume = w.existing(a);
    const weight = w.weight(b);
    if (volume !== null && weight?.layout === 'pointwise') {
      const name = w.node('Conv', [volume.name, w.stored(weight)], { kernel_shape: ints([1, 1, 1]) });
      const channels = { size: weight.storedShape[0] ?? 1, batched: false };
      w.defineFirst(site.output(0), { name, volume: volume.volume.with(-1, channels) });
      return;
    }
    const { transposeA, transposeB } = site.attributes;
    w.define(site.output(0), w.node('MatMul', [matrix(w, a, transposeA), matrix(w, b, transposeB)]));
  },
  tf: (w, site) => {
    const { transposeA, transposeB } = site.attributes;
    const operands = [site.input(0), site.input(1)];
    const inputs = operands.map((operand) => w.value(operand));
    return operands.every(({ dimensions }) => dimensions.length === 2)
      ? w.node('MatMul', inputs, { T: FLOAT, transpose_a: { b: transposeA }, transpose_b: { b: transposeB } })
      : w.node('BatchMatMulV2', inputs, { T: FLOAT, adj_x: { b: transposeA }, adj_y: { b: transposeB } });
  },
};

function matrix(w: OnnxWriter, operand: Operand, transposed: boolean): string {
  const name = w.plain(operand);
  const axes = operand.dimensions.map((_, axis) => axis);
  return transposed ? w.transpose(name, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]) : name;
}

/** Of one axis: where a convolution's kernel stands. */
interface Geometry {
  readonly kernel: number;
  readonly stride: number;
  /** Sides of what the convolution reads and writes. */
  readonly read: number;
  readonly written: number;
  /** Zeros around what is read. */
  readonly before: number;
  readonly after: number;
}

type Convolution = Pick<OpAttributes['conv3d'], 'strides' | 'padding'>;

/** TensorFlow's SAME: ⌈size / stride⌉ voxels, with the odd zero at the end. */
function geometryOf(
  { strides, padding }: Convolution,
  filter: readonly Dimension[],
  read: readonly Dimension[],
  written: readonly Dimension[],
): readonly Geometry[] {
  return strides.map((stride, index) => {
    const size = (dimensions: readonly Dimension[], axis: number) => known(dimensions[axis], `axis ${axis}`).size;
    const [kernel, from, to] = [size(filter, index), size(read, index + 1), size(written, index + 1)];
    const zeros = padding === 'same' ? Math.max((to - 1) * stride + kernel - from, 0) : 0;
    const before = Math.floor(zeros / 2);
    return { kernel, stride, read: from, written: to, before, after: zeros - before };
  });
}

function onnxGeometry(axes: readonly Geometry[]) {
  return {
    kernel_shape: ints(axes.map(({ kernel }) => kernel)),
    strides: ints(axes.map(({ stride }) => stride)),
    pads: ints([...axes.map(({ before }) => before), ...axes.map(({ after }) => after)]),
  };
}

const conv3d: Mapping<'conv3d'> = {
  onnx: (w, site) => {
    const [x, filter, output] = [site.input(0), site.input(1), site.output(0)];
    const axes = geometryOf(site.attributes, filter.dimensions, x.dimensions, output.dimensions);
    const name = w.node('Conv', [w.channelsFirst(x), w.filter(filter)], onnxGeometry(axes));
    w.defineFirst(output, { name, volume: output.dimensions });
  },
  tf: (w, site) => {
    const [x, filter] = [site.input(0), site.input(1)];
    const { strides, padding } = site.attributes;
    const axes = geometryOf(site.attributes, filter.dimensions, x.dimensions, site.output(0).dimensions);
    // Where a stride steps over voxels, tfjs takes SAME for a negative padding.
    const skips = axes.some(({ written, stride, kernel, read }) => (written - 1) * stride + kernel < read);
    if (!skips) return tfConvolution(w, w.value(x), w.value(filter), strides, padding);
    const padded = tfPadded(
      w,
      w.value(x),
      axes.map(({ before, after }) => [before, after]),
    );
    return tfConvolution(w, padded, w.value(filter), strides, 'valid');
  },
};

/** Zeros around a volume. */
function tfPadded(w: TfWriter, x: string, sides: readonly (readonly [number, number])[]): string {
  const pads = [[0, 0], ...sides, [0, 0]].flat();
  if (pads.every((count) => count === 0)) return x;
  const paddings = w.constant(`paddings_${pads.join('_')}`, [pads.length / 2, 2], Int32Array.from(pads));
  return w.node('Pad', [x, paddings], { T: FLOAT, Tpaddings: INT32 });
}

function tfConvolution(w: TfWriter, x: string, filter: string, strides: readonly number[], padding: string): string {
  return w.node('Conv3D', [x, filter], {
    T: FLOAT,
    strides: tfInts([1, ...strides, 1]),
    padding: tfText(padding.toUpperCase()),
    data_format: tfText('NDHWC'),
    dilations: tfInts([1, 1, 1, 1, 1]),
  });
}

/** The adjoint of a convolution: a transposed convolution from dy to what the convolution read. */
const conv3dGradInput: Mapping<'conv3dGradInput'> = {
  onnx: (w, site) => {
    const [dy, filter, output] = [site.input(0), site.input(1), site.output(0)];
    const axes = adjointGeometry(site);
    // What the adjoint leaves at the end, where the stride stepped over the last voxels.
    const rest = axes.map(
      ({ read, written, stride, kernel, before, after }) => read - ((written - 1) * stride + kernel - before - after),
    );
    const attributes = { ...onnxGeometry(axes), output_padding: ints(rest) };
    const name = w.node('ConvTranspose', [w.channelsFirst(dy), w.filter(filter)], attributes);
    w.defineFirst(output, { name, volume: output.dimensions });
  },
  /** tfjs has none in 3D: a convolution of dy, with zeros between its voxels where the stride skipped some, with the filter turned around. */
  tf: (w, site) => {
    const [dy, filter] = [site.input(0), site.input(1)];
    const axes = adjointGeometry(site);
    const turned = w.node('ReverseV2', [w.value(filter), w.ints([0, 1, 2])], { T: FLOAT, Tidx: INT32 });
    const spread = axes.reduce((x, _, index) => tfSpread(w, x, dy, axes, index), w.value(dy));
    const zeros = axes.map(({ kernel, stride, read, written, before }) => {
      const extent = written * stride;
      return [kernel - 1 - before, read + before - extent] as const;
    });
    // Behind the last voxel stand its own zeros, which may be more than the padding.
    const padded = tfPadded(
      w,
      spread,
      zeros.map(([front, back]) => [front, Math.max(back, 0)]),
    );
    const sizes = axes.map(({ read, kernel }) => read + kernel - 1);
    const cut = w.node('Slice', [padded, w.ints([0, 0, 0, 0, 0]), w.ints([-1, ...sizes, -1])], {
      T: FLOAT,
      Index: INT32,
    });
    return tfConvolution(w, cut, w.transpose(turned, [0, 1, 2, 4, 3]), [1, 1, 1], 'valid');
  },
};

function adjointGeometry(site: Site<'conv3dGradInput'>): readonly Geometry[] {
  return geometryOf(site.attributes, site.input(1).dimensions, site.output(0).dimensions, site.input(0).dimensions);
}

/** Puts stride − 1 zeros behind each voxel along one axis. */
function tfSpread(w: TfWriter, x: string, dy: Operand, axes: readonly Geometry[], index: number): string {
  const { stride } = known(axes[index], `axis ${index}`);
  if (stride === 1) return x;
  const channels = dy.dimensions.at(-1)?.size ?? 1;
  // Axes before this one are spread already.
  const sides = axes.map((axis, other) => axis.written * (other < index ? axis.stride : 1));
  const inner = sides.slice(index + 1).reduce((product, side) => product * side, channels);
  const padded = tfPadded(w, w.reshape(x, [-1, 1, inner]), [[0, stride - 1]]);
  return w.reshape(padded, [-1, ...sides.map((side, other) => (other === index ? side * stride : side)), channels]);
}

export const linear = { matMul, conv3d, conv3dGradInput, conv3dGradFilter: NOT_EXPORTED } as const;
