import { describe, expect, it, vi } from 'vitest';
import { type GraphBuilder, graphBuilder } from '../../../compiler/graph/builder.ts';
import { schedule } from '../../../compiler/graph/schedule.ts';
import type { Schedule, Shape, Value } from '../../../compiler/graph/types.ts';
import { biasedProducts } from '../../../runtime/engine/native/capture/biased-products.ts';
import { openNativeEngine } from '../../../runtime/engine/native/open.ts';
import { locateBinding } from '../../../runtime/engine/provision/locate.ts';
import type { Engine } from '../../../runtime/engine/types.ts';
import { NO_NATIVE, portable } from './helpers/engines.ts';
import { noise } from './helpers/single-op.ts';

/** Logits of attention, q·kᵀ + bias, are one op in a whole graph. */

const located = locateBinding();

const SHAPES = { q: [5, 2, 7, 4], k: [5, 2, 9, 4], bias: [2, 7, 9] } as const;

function logits(
  { q, k, bias }: Record<keyof typeof SHAPES, Shape>,
  more: (g: GraphBuilder, product: Value) => void = () => {},
): Schedule {
  const g = graphBuilder();
  const product = g.matMul(g.input('q', q), g.input('k', k), { transposeB: true });
  g.output('logits', g.add(product, g.input('bias', bias)));
  more(g, product);
  return schedule(g.finish());
}

async function run(engine: Engine, program: Schedule): Promise<readonly number[]> {
  const inputs = Object.fromEntries(
    [...program.graph.inputs].map(([name, value], seed) => {
      const shape = program.graph.values[value]?.shape ?? [];
      return [name, engine.upload(noise(shape, seed + 1).data, shape)];
    }),
  );
  const outputs = engine.execute(program, inputs);
  const [result] = Object.values(outputs);
  if (result === undefined) throw new Error('no logits');
  const values = [...(await engine.download(result))];
  engine.dispose(...Object.values(inputs), ...Object.values(outputs));
  return values;
}

describe('a product and its bias', () => {
  it('are one op', () => {
    const { graph } = logits(SHAPES);
    expect([...biasedProducts(graph).values()].map(({ op }) => op)).toEqual(['matMul']);
  });

  it.each([
    ['where something else reads the product', logits(SHAPES, (g, product) => g.output('exp', g.exp(product)))],
    ['where the product is a result', logits(SHAPES, (g, product) => g.output('product', product))],
    ['where the bias goes along one axis alone', logits({ ...SHAPES, bias: [9] })],
    ['where the bias is of each batch', logits({ ...SHAPES, bias: [5, 2, 7, 9] })],
    ['where there is one matrix for all products', logits({ ...SHAPES, k: [9, 4] })],
    ['where products have another rank', logits({ q: [2, 7, 4], k: [2, 9, 4], bias: [2, 7, 9] })],
  ])('are two %s', (_where, { graph }) => {
    expect(biasedProducts(graph).size).toBe(0);
  });

  it.skipIf(located === null)(`give what they give one after the other (${NO_NATIVE})`, async () => {
    if (located === null) return;
    const warned = vi.spyOn(process, 'emitWarning');
    const whole = openNativeEngine(located, { wholeFrom: 1 });
    const program = logits(SHAPES);
    const expected = await run(portable, program);
    for (const [at, value] of (await run(whole, program)).entries()) expect(value).toBeCloseTo(expected[at] ?? NaN, 5);
    expect(warned).not.toHaveBeenCalled();
    whole.close();
  });
});
