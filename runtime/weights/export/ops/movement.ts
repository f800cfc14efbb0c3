import { type Dimension, type Operand, openShape } from '../exportable.ts';
import { int } from '../onnx/proto.ts';
import type { ChannelsFirst } from '../onnx/writer.ts';
import { FLOAT, INT32 } from '../tfjs/writer.ts';
import type { Mapping, Site } from './mapping.ts';

/** Ops that move elements. */

const reshape: Mapping<'reshape'> = {
  onnx: (w, site) => {
    const [input, output] = [site.input(0), site.output(0)];
    const first = w.existing(input);
    if (first !== null && keepsVoxels(first, output)) w.defineFirst(output, first);
    else w.define(output, w.reshape(w.plain(input), openShape(output.dimensions)));
  },
  tf: (w, site) => w.reshape(w.value(site.input(0)), openShape(site.output(0).dimensions)),
};

/** Whether a reshape only makes rows of voxels of a volume, or the volume of such rows. */
function keepsVoxels({ volume }: ChannelsFirst, { dimensions }: Operand): boolean {
  if (dimensions.length === 5) return dimensions.every((dimension, axis) => sameDimension(dimension, volume[axis]));
  return dimensions.length === 2 && sameDimension(dimensions.at(-1), volume.at(-1));
}

function sameDimension(a: Dimension | undefined, b: Dimension | undefined): boolean {
  return a?.size === b?.size && a?.batched === b?.batched;
}

const transpose: Mapping<'transpose'> = {
  onnx: (w, site) => w.define(site.output(0), w.transpose(w.plain(site.input(0)), site.attributes.permutation)),
  tf: (w, site) => w.transpose(w.value(site.input(0)), site.attributes.permutation),
};

/** Where a slice begins and ends along the axes that it cuts. The batch is never cut. */
function cutsOf(
  site: Site<'slice'>,
): readonly { readonly axis: number; readonly begin: number; readonly size: number }[] {
  const { begin } = site.attributes;
  return site
    .output(0)
    .dimensions.flatMap(({ size }, axis) =>
      size === site.input(0).dimensions[axis]?.size ? [] : [{ axis, begin: begin[axis] ?? 0, size }],
    );
}

const slice: Mapping<'slice'> = {
  onnx: (w, site) => {
    const { names, axis, define } = w.aligned([site.input(0)]);
    const cuts = cutsOf(site);
    const begins = w.ints(cuts.map(({ begin }) => begin));
    const ends = w.ints(cuts.map(({ begin, size }) => begin + size));
    const axes = w.ints(cuts.map((cut) => axis(cut.axis)));
    define(site.output(0), w.node('Slice', [...names, begins, ends, axes]));
  },
  tf: (w, site) => {
    const [cuts, sizes] = [cutsOf(site), site.output(0).dimensions.map(() => -1)];
    const begins = site.output(0).dimensions.map(() => 0);
    for (const { axis, begin, size } of cuts) {
      begins[axis] = begin;
      sizes[axis] = size;
    }
    return w.node('Slice', [w.value(site.input(0)), w.ints(begins), w.ints(sizes)], { T: FLOAT, Index: INT32 });
  },
};

const split: Mapping<'split'> = {
  onnx: (w, site) => {
    const { names, axis, define } = w.aligned([site.input(0)]);
    const { sizes } = site.attributes;
    const inputs = [...names, w.ints(sizes)];
    const results = w.nodes('Split', inputs, { axis: int(axis(site.attributes.axis)) }, sizes.length);
    for (const [index, name] of results.entries()) define(site.output(index), name);
  },
  tf: (w, site) => {
    const { sizes, axis } = site.attributes;
    const inputs = [w.value(site.input(0)), w.ints(sizes), w.int(axis)];
    const attributes = { num_split: { i: `${sizes.length}` }, T: FLOAT, Tlen: INT32 };
    const name = w.node('SplitV', inputs, attributes);
    return sizes.map((_, index) => (index === 0 ? name : `${name}:${index}`));
  },
};

const concat: Mapping<'concat'> = {
  onnx: (w, site) => {
    const { names, axis, define } = w.aligned(site.inputs);
    define(site.output(0), w.node('Concat', names, { axis: int(axis(site.attributes.axis)) }));
  },
  tf: (w, site) => {
    const inputs = [...site.inputs.map((input) => w.value(input)), w.int(site.attributes.axis)];
    return w.node('ConcatV2', inputs, { N: { i: `${site.inputs.length}` }, T: FLOAT, Tidx: INT32 });
  },
};

const pad: Mapping<'pad'> = {
  onnx: (w, site) => {
    const { names, ordered, define } = w.aligned([site.input(0)]);
    const paddings = ordered(site.attributes.paddings);
    const pads = w.ints([...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)]);
    define(site.output(0), w.node('Pad', [...names, pads]));
  },
  tf: (w, site) => {
    const { paddings } = site.attributes;
    const pads = w.constant(
      `paddings_${paddings.flat().join('_')}`,
      [paddings.length, 2],
      Int32Array.from(paddings.flat()),
    );
    return w.node('Pad', [w.value(site.input(0)), pads], { T: FLOAT, Tpaddings: INT32 });
  },
};

/** How many of an axis' last entries come to its front. */
function turns(site: Site<'roll'>): readonly { readonly axis: number; readonly size: number; readonly tail: number }[] {
  const { axes, shifts } = site.attributes;
  return axes.flatMap((axis, index) => {
    const size = site.input(0).dimensions[axis]?.size ?? 1;
    const tail = (((shifts[index] ?? 0) % size) + size) % size;
    return tail === 0 ? [] : [{ axis, size, tail }];
  });
}

/** Neither ONNX nor tfjs has a roll: each axis is cut where it wraps around, and its parts change places. */
const roll: Mapping<'roll'> = {
  onnx: (w, site) => {
    const { names, axis: axisOf, define } = w.aligned([site.input(0)]);
    const [x = ''] = names;
    const rolled = turns(site).reduce((name, { axis, size, tail }) => {
      const along = { axis: int(axisOf(axis)) };
      const [head = '', end = ''] = w.nodes('Split', [name, w.ints([size - tail, tail])], along, 2);
      return w.node('Concat', [end, head], along);
    }, x);
    define(site.output(0), rolled);
  },
  tf: (w, site) =>
    turns(site).reduce(
      (name, { axis, size, tail }) => {
        const sizes = w.ints([size - tail, tail]);
        const parts = w.node('SplitV', [name, sizes, w.int(axis)], { num_split: { i: '2' }, T: FLOAT, Tlen: INT32 });
        return w.node('ConcatV2', [`${parts}:1`, parts, w.int(axis)], { N: { i: '2' }, T: FLOAT, Tidx: INT32 });
      },
      w.value(site.input(0)),
    ),
};

const broadcastTo: Mapping<'broadcastTo'> = {
  onnx: (w, site) => {
    const output = site.output(0);
    // Expand's 1 leaves an axis as it is: where the batch is no broadcast axis, it need not be known.
    const grows = output.dimensions.some(({ batched }, axis) => batched && !isBatched(site.input(0), axis, output));
    const sizes = output.dimensions.map(({ size, batched }) => (batched ? 1 : size));
    const name = w.node('Expand', [w.plain(site.input(0)), grows ? w.shapeOf(output) : w.ints(sizes)]);
    w.define(output, name);
  },
  tf: (w, site) => w.node('BroadcastTo', [w.value(site.input(0)), w.shape(site.output(0))], { T: FLOAT, Tidx: INT32 }),
};

function isBatched(input: Operand, axis: number, output: Operand): boolean {
  return input.dimensions[axis - output.dimensions.length + input.dimensions.length]?.batched ?? false;
}

export const movement = { reshape, transpose, slice, split, concat, pad, roll, broadcastTo } as const;
