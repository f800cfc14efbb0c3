import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OpAttributes } from '../../../compiler/graph/types.ts';
import { NO_NATIVE, native, portable } from './helpers/engines.ts';
import { noise, type Operand, operand, relativeError, runOp } from './helpers/single-op.ts';

/** oneDNN chooses its algorithm by shape, and some choices were found wrong: so look at shapes nobody thought of. */

const RUNS = { numRuns: 30, seed: 20260101, interruptAfterTimeLimit: 5_000, markInterruptAsFailure: false };

interface Convolution {
  readonly volume: readonly number[];
  readonly filter: readonly number[];
  readonly strides: OpAttributes['conv3d']['strides'];
  readonly padding: 'same' | 'valid';
}

const size = fc.integer({ min: 3, max: 9 });
const channels = fc.constantFrom(1, 2, 3, 8, 16, 17, 24, 48);

/** Mostly cubes, as in networks, but for flat ones too. */
const edges = (min: number, max: number): fc.Arbitrary<[number, number, number]> => {
  const edge = fc.integer({ min, max });
  const cube = edge.map((side): [number, number, number] => [side, side, side]);
  return fc.oneof({ arbitrary: cube, weight: 3 }, { arbitrary: fc.tuple(edge, edge, edge), weight: 1 });
};

const convolution: fc.Arbitrary<Convolution> = fc
  .record({
    batch: fc.integer({ min: 1, max: 2 }),
    sides: fc.tuple(size, size, size),
    kernel: edges(1, 3),
    strides: edges(1, 3),
    inner: channels,
    outer: channels,
    padding: fc.constantFrom('same' as const, 'valid' as const),
  })
  .map(({ batch, sides, kernel, strides, inner, outer, padding }) => ({
    volume: [batch, ...sides, inner],
    filter: [...kernel, inner, outer],
    strides,
    padding,
  }));

/** What a transposed convolution of kernel 3 and stride 2 is the adjoint of: UNet's way up, SegResNet's way down. */
const upwards: fc.Arbitrary<Convolution> = fc
  .record({ sides: edges(1, 6), inner: channels, outer: channels, batch: fc.integer({ min: 1, max: 2 }) })
  .map(({ sides, inner, outer, batch }) => ({
    volume: [batch, ...sides.map((side) => 2 * side + 1), inner],
    filter: [3, 3, 3, inner, outer],
    strides: [2, 2, 2],
    padding: 'valid',
  }));

describe.skipIf(native === null)(`native convolutions at random shapes (${NO_NATIVE})`, () => {
  it('agree with the portable ones, forward and both gradients', async () => {
    await fc.assert(fc.asyncProperty(convolution, agrees), RUNS);
  });

  it('agree for kernel 3 and stride 2, as transposed convolutions have them', async () => {
    await fc.assert(fc.asyncProperty(upwards, agrees), RUNS);
  });

  it.each([
    { grid: 8, inner: 24, outer: 48 },
    { grid: 4, inner: 24, outer: 48 },
    { grid: 8, inner: 40, outer: 96 },
  ])('are right where oneDNN’s input gradient is not: kernel 2, stride 2, $inner → $outer, $grid³', async (sizes) => {
    if (native === null) return;
    const { grid, inner, outer } = sizes;
    const dy = noise([1, grid, grid, grid, outer], 1);
    const filter = noise([2, 2, 2, inner, outer], 2);
    const inputShape = [1, 2 * grid, 2 * grid, 2 * grid, inner];
    const attributes = { inputShape, strides: [2, 2, 2], padding: 'valid' } as const;
    const [dx] = await runOp(native, 'conv3dGradInput', attributes, [dy, filter]);
    const expected = operand(inputShape, (index) => blockGradient(index, sizes, dy, filter));
    expect(dx === undefined ? Number.NaN : relativeError(dx, expected)).toBeLessThan(2e-5);
  });
});

/** dx at one voxel and channel: with kernel = stride each voxel of x belongs to one voxel of dy. */
function blockGradient(
  index: number,
  { grid, inner, outer }: { readonly grid: number; readonly inner: number; readonly outer: number },
  dy: Operand,
  filter: Operand,
): number {
  const side = 2 * grid;
  const channel = index % inner;
  const voxel = (index - channel) / inner;
  const position = [Math.floor(voxel / side ** 2), Math.floor(voxel / side) % side, voxel % side];
  const [z = 0, y = 0, x = 0] = position.map((coordinate) => Math.floor(coordinate / 2));
  const [kz = 0, ky = 0, kx = 0] = position.map((coordinate) => coordinate % 2);
  const source = ((z * grid + y) * grid + x) * outer;
  const weights = (((kz * 2 + ky) * 2 + kx) * inner + channel) * outer;
  let sum = 0;
  for (let k = 0; k < outer; k++) sum += (dy.data[source + k] ?? 0) * (filter.data[weights + k] ?? 0);
  return sum;
}

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
