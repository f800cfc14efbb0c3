import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OpAttributes } from '../../../compiler/graph/types.ts';
import { NO_NATIVE, native, portable } from './helpers/engines.ts';
import { noise, relativeError, runOp } from './helpers/single-op.ts';

/** oneDNN chooses its algorithm by shape, and some choices were found wrong: so look at shapes nobody thought of. */

const RUNS = { numRuns: 40, seed: 20260101, interruptAfterTimeLimit: 6_000, markInterruptAsFailure: false };

interface Convolution {
  readonly volume: readonly number[];
  readonly filter: readonly number[];
  readonly strides: OpAttributes['conv3d']['strides'];
  readonly padding: 'same' | 'valid';
}

const size = fc.integer({ min: 3, max: 9 });
const channels = fc.constantFrom(1, 2, 3, 8, 16, 17, 24, 48);

const convolution: fc.Arbitrary<Convolution> = fc
  .record({
    batch: fc.integer({ min: 1, max: 2 }),
    sides: fc.tuple(size, size, size),
    kernel: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 2 }),
    inner: channels,
    outer: channels,
    padding: fc.constantFrom('same' as const, 'valid' as const),
  })
  .map(({ batch, sides, kernel, stride, inner, outer, padding }) => ({
    volume: [batch, ...sides, inner],
    filter: [kernel, kernel, kernel, inner, outer],
    strides: [stride, stride, stride],
    padding,
  }));

describe.skipIf(native === null)(`native convolutions at random shapes (${NO_NATIVE})`, () => {
  it('agree with the portable ones, forward and both gradients', async () => {
    await fc.assert(fc.asyncProperty(convolution, agrees), RUNS);
  });

  it.each([
    { volume: [1, 16, 16, 16, 24], filter: [2, 2, 2, 24, 48] },
    { volume: [1, 8, 8, 8, 24], filter: [2, 2, 2, 24, 48] },
    { volume: [1, 16, 16, 16, 40], filter: [2, 2, 2, 40, 96] },
  ] as const)('are right where oneDNN’s input gradient is not: kernel 2, stride 2, $filter', async (shapes) => {
    await agrees({ ...shapes, strides: [2, 2, 2], padding: 'valid' });
  });
});

async function agrees({ volume, filter, strides, padding }: Convolution): Promise<void> {
  if (native === null) return;
  const [x, weights] = [noise(volume, 1), noise(filter, 2)];
  const [expected, actual] = await Promise.all(
    [portable, native].map(async (engine) => {
      const [y] = await runOp(engine, 'conv3d', { strides, padding }, [x, weights]);
      if (y === undefined) throw new Error('conv3d gave nothing');
      const dy = noise(y.shape, 3);
      const [dx] = await runOp(engine, 'conv3dGradInput', { inputShape: volume, strides, padding }, [dy, weights]);
      const [dw] = await runOp(engine, 'conv3dGradFilter', { filterShape: filter, strides, padding }, [x, dy]);
      return { y, dx, dw };
    }),
  );
  for (const name of ['y', 'dx', 'dw'] as const) {
    const [wanted, got] = [expected?.[name], actual?.[name]];
    if (wanted === undefined || got === undefined) throw new Error(`${name} is missing`);
    expect(relativeError(got, wanted), name).toBeLessThan(2e-5);
  }
}
