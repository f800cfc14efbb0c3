import { describe, expect, it } from 'vitest';
import { graphBuilder } from '../../../compiler/graph/builder.ts';
import { graphCost } from '../../../compiler/graph/costs.ts';
import { gradientsOf } from '../../../compiler/graph/differentiate.ts';
import { unetrUpBlock } from '../../../compiler/graph/networks/unet-blocks.ts';
import { inferenceProgram } from '../../../compiler/graph/programs.ts';
import { schedule } from '../../../compiler/graph/schedule.ts';
import { initialWeights } from '../../../compiler/graph/weights.ts';
import { SWIN_UNETR } from '../../helpers/models.ts';
import { native, portable } from '../../runtime/engine/helpers/engines.ts';
import { noise } from '../../runtime/engine/helpers/single-op.ts';

/** A decoder block whose first convolutions and transposed convolution are one layer, against the block as MONAI writes it. */

const [BATCH, CHANNELS] = [2, 8];
const SIDES = [6, 8, 10] as const;

function blockWithGradients(layerByLayer: boolean) {
  const g = graphBuilder({ layerByLayer });
  const x = g.input('x', [BATCH, ...SIDES, CHANNELS]);
  const skip = g.input('skip', [BATCH, ...SIDES.map((side) => 2 * side), CHANNELS]);
  const y = unetrUpBlock(g, x, skip);
  const product = g.mul(y, g.input('factors', y.shape));
  const loss = g.sum(
    product,
    y.shape.map((_, axis) => axis),
  );
  g.output('y', y);
  for (const [index, gradient] of gradientsOf(g, loss, [...g.weightValues, x, skip]).entries())
    g.output(`gradient ${index}`, gradient);
  return { block: schedule(g.finish()), weights: g.weightSpecs };
}

async function evaluate(engine: typeof portable, { block, weights }: ReturnType<typeof blockWithGradients>) {
  const values = initialWeights(weights, 3);
  const inputs = Object.fromEntries(
    [...block.graph.inputs].map(([name, value], seed) => {
      const shape = [...(block.graph.values[value]?.shape ?? [])];
      return [name, engine.upload(name === 'weights' ? values : Float32Array.from(noise(shape, seed).data), shape)];
    }),
  );
  const outputs = engine.execute(block, inputs);
  const results = new Map<string, Float32Array>();
  for (const [name, tensor] of Object.entries(outputs))
    results.set(name, Float32Array.from(await engine.download(tensor)));
  engine.dispose(...Object.values(inputs), ...Object.values(outputs));
  return results;
}

describe('a decoder block that never makes the grown volume', () => {
  const apart = blockWithGradients(true);
  const composed = blockWithGradients(false);

  it('gives the numbers and gradients of the layers', { timeout: 120_000 }, async () => {
    const engine = native ?? portable;
    const expected = await evaluate(engine, apart);
    const actual = await evaluate(engine, composed);
    for (const [name, values] of expected) {
      const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const difference = values.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - (actual.get(name)?.[at] ?? Number.NaN))),
        0,
      );
      expect(difference / scale, name).toBeLessThan(2e-5);
    }
  });

  it('has the same weights in the same places', () => {
    expect(composed.weights).toEqual(apart.weights);
  });

  it('takes less arithmetic, and is only taken where it does', () => {
    expect(graphCost(composed.block.graph).flops).toBeLessThan(0.85 * graphCost(apart.block.graph).flops);
    const settings = { model: SWIN_UNETR, roiSize: [64, 64, 64], batchSize: 1 } as const;
    const scopes = (layerByLayer: boolean) =>
      new Set(
        inferenceProgram({ ...settings, roiSize: [...settings.roiSize], layerByLayer })
          .forward.graph.nodes.filter(({ op }) => op === 'concat')
          .map(({ scope }) => scope),
      );
    expect([...scopes(true)].filter((scope) => !scopes(false).has(scope))).toEqual(['decoder1.conv_block']);
  });
});
