import fc from 'fast-check';
import { expect, it } from 'vitest';
import { squaredDistances } from '../../../runtime/metrics/distance-transform.ts';

it('gives each voxel the distance to the nearest member, whatever the set and the spacing', () => {
  const side = fc.integer({ min: 1, max: 6 });
  const space = fc.constantFrom(0.5, 1, 2.5);
  fc.assert(
    fc.property(
      fc.tuple(side, side, side),
      fc.tuple(space, space, space),
      fc.infiniteStream(fc.nat(9)),
      (shape, spacing, draws) => {
        const [nx, ny, nz] = shape;
        const members = Uint8Array.from({ length: nx * ny * nz }, () => (draws.next().value === 0 ? 1 : 0));
        members[0] = 1;
        const position = (i: number) => [Math.floor(i / (ny * nz)), Math.floor(i / nz) % ny, i % nz];
        const between = (i: number, j: number) =>
          position(i).reduce((sum, p, axis) => sum + (((position(j)[axis] ?? 0) - p) * (spacing[axis] ?? 1)) ** 2, 0);
        const expected = [...members].map((_, i) =>
          [...members].reduce(
            (least, member, j) => (member === 1 ? Math.min(least, between(i, j)) : least),
            Number.POSITIVE_INFINITY,
          ),
        );
        const found = squaredDistances(members, shape, spacing);
        for (const [i, distance] of expected.entries()) expect(found[i]).toBeCloseTo(distance, 9);
      },
    ),
    { numRuns: 200, seed: 1 },
  );
});
