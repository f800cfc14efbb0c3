import { at, binary, type PortableKernel, shapeOf, unary } from './kernel.ts';

const gather: PortableKernel<'gather'> = (_site, tf) =>
  binary((table, indices) => tf.gather(table, tf.cast(indices, 'int32')));

/** A loop: WebAssembly has no such kernel, and a product with one-hot rows would need gigabytes. */
const segmentSum: PortableKernel<'segmentSum'> = (site, tf) => {
  const { shape } = at(site.outputs, 0);
  const width = shape.slice(1).reduce((product, size) => product * size, 1);
  const { segments } = site.attributes;
  return binary((data, indices) => {
    const values = data.dataSync();
    const sums = new Float32Array(segments * width);
    for (const [row, segment] of indices.dataSync().entries()) {
      for (let column = 0; column < width; column++) {
        const target = segment * width + column;
        sums[target] = (sums[target] ?? 0) + (values[row * width + column] ?? 0);
      }
    }
    return tf.tensor(sums, shapeOf(shape));
  });
};

const oneHot: PortableKernel<'oneHot'> = ({ attributes: { depth } }, tf) =>
  unary((indices) => tf.cast(tf.oneHot(tf.cast(indices, 'int32'), depth), 'float32'));

export const indices = { gather, segmentSum, oneHot };
