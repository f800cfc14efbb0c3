import type { OpAttributes } from '../../../../compiler/graph/types.ts';
import { int, ints } from '../onnx/proto.ts';
import { axisAttribute } from '../onnx/writer.ts';
import { FLOAT, INT32 } from '../tfjs/writer.ts';
import { type Mapping, NOT_EXPORTED } from './mapping.ts';

/** Reductions and what has to do with indices, in the graph's own order of axes. */

function keepDims({ keepDims: keep }: OpAttributes['sum']) {
  return int(keep ? 1 : 0);
}

const sum: Mapping<'sum'> = {
  onnx: (w, site) => {
    const inputs = [w.plain(site.input(0)), w.ints(site.attributes.axes)];
    w.define(site.output(0), w.node('ReduceSum', inputs, { keepdims: keepDims(site.attributes) }));
  },
  tf: (w, site) =>
    w.node('Sum', [w.value(site.input(0)), w.ints(site.attributes.axes)], {
      T: FLOAT,
      Tidx: INT32,
      keep_dims: { b: site.attributes.keepDims },
    }),
};

const mean: Mapping<'mean'> = {
  onnx: (w, site) => {
    const attributes = { axes: ints(site.attributes.axes), keepdims: keepDims(site.attributes) };
    w.define(site.output(0), w.node('ReduceMean', [w.plain(site.input(0))], attributes));
  },
  tf: (w, site) =>
    w.node('Mean', [w.value(site.input(0)), w.ints(site.attributes.axes)], {
      T: FLOAT,
      Tidx: INT32,
      keep_dims: { b: site.attributes.keepDims },
    }),
};

const argMax: Mapping<'argMax'> = {
  onnx: (w, site) => {
    const found = w.node('ArgMax', [w.plain(site.input(0))], {
      ...axisAttribute(site.attributes.axis),
      keepdims: int(0),
    });
    w.define(site.output(0), w.node('Cast', [found], { to: int(INT32_OF_ONNX) }));
  },
  tf: (w, site) =>
    w.node('ArgMax', [w.value(site.input(0)), w.int(site.attributes.axis)], {
      T: FLOAT,
      Tidx: INT32,
      output_type: INT32,
    }),
};

/** onnx.TensorProto.INT32 */
const INT32_OF_ONNX = 6;

const gather: Mapping<'gather'> = {
  onnx: (w, site) =>
    w.define(site.output(0), w.node('Gather', [w.plain(site.input(0)), w.plain(site.input(1))], axisAttribute(0))),
  tf: (w, site) =>
    w.node('GatherV2', [w.value(site.input(0)), w.value(site.input(1)), w.int(0)], {
      Tparams: FLOAT,
      Tindices: INT32,
      Taxis: INT32,
      batch_dims: { i: '0' },
    }),
};

export const reductions = {
  sum,
  mean,
  argMax,
  gather,
  segmentSum: NOT_EXPORTED,
  oneHot: NOT_EXPORTED,
} as const;
