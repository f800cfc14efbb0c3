import { describe, expect, it } from 'vitest';
import type { PlanAugment } from '../../../compiler/plan/schema.ts';
import { IDENTITY } from '../../../runtime/data/affine.ts';
import { augmentPatch, drawDeformation } from '../../../runtime/data/augment/apply.ts';
import { deformPatch } from '../../../runtime/data/augment/deform.ts';
import { reverse } from '../../../runtime/data/augment/flip.ts';
import { turn } from '../../../runtime/data/augment/rotate90.ts';
import type { Vec3 } from '../../../runtime/data/types.ts';
import { caseOf } from './volumes.ts';

/** Label and image hold the same numbers, so that any parting of ways shows. */
function patchOf(shape: Vec3) {
  const length = shape[0] * shape[1] * shape[2];
  return { image: Float32Array.from({ length }, (_, i) => i), label: Int32Array.from({ length }, (_, i) => i), shape };
}

const augmented = (settings: PlanAugment, shape: Vec3 = [4, 4, 4], seed = 1) => {
  const patch = patchOf(shape);
  augmentPatch(patch, [settings], { seed, epoch: 1, step: 1, item: 0 });
  return patch;
};

const everyKind: PlanAugment[] = [
  { kind: 'flip', axes: ['x', 'y', 'z'], probability: 0 },
  { kind: 'rotate90', planes: ['xy', 'xz', 'yz'], probability: 0 },
  { kind: 'intensity_scale', range: 0.1, probability: 0 },
  { kind: 'intensity_shift', range: 0.1, probability: 0 },
  { kind: 'gaussian_noise', std: 0.1, probability: 0 },
  { kind: 'gamma', range: { from: 0.7, to: 1.5 }, invert: false, retainStats: false, probability: 0 },
  { kind: 'gaussian_smooth', sigma: { from: 0.5, to: 1 }, probability: 0 },
  { kind: 'low_resolution', zoom: { from: 0.4, to: 0.6 }, probability: 0 },
  { kind: 'bias_field', coefficients: { from: 0, to: 0.1 }, probability: 0 },
];

describe('augmentations', () => {
  it.each(everyKind)('$kind does nothing at probability 0 and something at 1', (settings) => {
    const untouched = patchOf([4, 4, 4]).image;
    expect(augmented(settings).image).toEqual(untouched);
    expect(augmented({ ...settings, probability: 1 }).image).not.toEqual(untouched);
  });

  it.each(everyKind)('$kind moves image and label alike, and leaves the label values alone', (settings) => {
    const { image, label } = augmented({ ...settings, probability: 1 });
    expect([...label].sort((a, b) => a - b)).toEqual([...patchOf([4, 4, 4]).label]);
    if (settings.kind === 'flip' || settings.kind === 'rotate90') expect([...image]).toEqual([...label]);
  });

  it.each(everyKind)('$kind is a function of its address', (settings) => {
    const one = { ...settings, probability: 1 };
    expect(augmented(one)).toEqual(augmented(one));
  });

  it('of one kind draw their own numbers each, the first the same as alone', () => {
    const shift: PlanAugment = { kind: 'intensity_shift', range: 1, probability: 1 };
    const moved = (list: PlanAugment[]) => {
      const patch = patchOf([2, 2, 2]);
      augmentPatch(patch, list, { seed: 1, epoch: 1, step: 1, item: 0 });
      return patch.image[0] ?? 0;
    };
    expect(moved([shift, shift])).not.toBeCloseTo(2 * moved([shift]));
    expect(moved([shift, { ...shift, range: 0 }])).toBe(moved([shift]));
  });

  it('happens about as often as the probability says', () => {
    const still = patchOf([4, 4, 4]).image.join();
    const share = (probability: number) =>
      Array.from({ length: 500 }, (_, seed) =>
        augmented({ kind: 'intensity_shift', range: 1, probability }, [4, 4, 4], seed),
      ).filter((patch) => patch.image.join() !== still).length / 500;
    expect(share(0.1)).toBeGreaterThan(0.06);
    expect(share(0.1)).toBeLessThan(0.14);
    expect(share(0.5)).toBeGreaterThan(0.43);
    expect(share(0.5)).toBeLessThan(0.57);
  });
});

describe('flip', () => {
  it('reverses one axis, odd or even, and twice is nothing', () => {
    const shape: Vec3 = [2, 3, 4];
    const { image } = patchOf(shape);
    reverse(image, shape, ['z']);
    expect([...image.slice(0, 8)]).toEqual([3, 2, 1, 0, 7, 6, 5, 4]);
    reverse(image, shape, ['z']);
    reverse(image, shape, ['y']);
    expect([...image.slice(0, 12)]).toEqual([8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3]);
    reverse(image, shape, ['y']);
    reverse(image, shape, ['x']);
    reverse(image, shape, ['x']);
    expect(image).toEqual(patchOf(shape).image);
  });
});

describe('rotate90', () => {
  it('turns as numpy.rot90 does', () => {
    // np.rot90(np.arange(8).reshape(2, 2, 2), k, axes)
    const turned = (axes: readonly [0 | 1 | 2, 0 | 1 | 2], k: number) => {
      const { image } = patchOf([2, 2, 2]);
      turn(image, [2, 2, 2], axes, k);
      return [...image];
    };
    expect(turned([0, 1], 1)).toEqual([2, 3, 6, 7, 0, 1, 4, 5]);
    expect(turned([0, 1], 2)).toEqual([6, 7, 4, 5, 2, 3, 0, 1]);
    expect(turned([0, 1], 3)).toEqual([4, 5, 0, 1, 6, 7, 2, 3]);
    expect(turned([1, 2], 1)).toEqual([1, 3, 0, 2, 5, 7, 4, 6]);
    expect(turned([0, 2], 1)).toEqual([1, 5, 3, 7, 0, 4, 2, 6]);
  });

  it('leaves a patch alone whose plane is no square', () => {
    const { image } = augmented({ kind: 'rotate90', planes: ['xy'], probability: 1 }, [4, 6, 4]);
    expect(image).toEqual(patchOf([4, 6, 4]).image);
  });

  it('takes only the square planes', () => {
    const { image } = augmented({ kind: 'rotate90', planes: ['xy', 'xz'], probability: 1 }, [4, 6, 4]);
    expect(image).not.toEqual(patchOf([4, 6, 4]).image);
  });
});

describe('intensities', () => {
  it('are scaled and shifted by at most the range', () => {
    for (let seed = 0; seed < 50; seed++) {
      const scaled = augmented({ kind: 'intensity_scale', range: 0.1, probability: 1 }, [2, 2, 2], seed).image;
      const shifted = augmented({ kind: 'intensity_shift', range: 0.1, probability: 1 }, [2, 2, 2], seed).image;
      expect(Math.abs((scaled[7] ?? 0) / 7 - 1)).toBeLessThanOrEqual(0.1 + 1e-6);
      expect(Math.abs((shifted[7] ?? 0) - 7)).toBeLessThanOrEqual(0.1 + 1e-6);
    }
  });
});

describe('a deformation', () => {
  const patch: Vec3 = [6, 7, 5];
  const affine: PlanAugment = {
    kind: 'affine',
    rotation: [20, 20, 20],
    scale: { from: 0.8, to: 1.2 },
    translation: [1, 1, 1],
    probability: 1,
  };
  const elastic: PlanAugment = { kind: 'elastic', spacing: 4, magnitude: { from: 1, to: 2 }, probability: 1 };
  const draw = (list: PlanAugment[], seed = 1) => drawDeformation(list, patch, { seed, epoch: 1, step: 1, item: 0 });

  /** Image and label hold the number of the row along x. */
  const volumeOf = (shape: Vec3) => {
    const rows = Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) =>
      Math.floor(i / (shape[1] * shape[2])),
    );
    return caseOf(rows, Uint8Array.from(rows), shape);
  };
  const deformed = (shape: Vec3, start: Vec3, deformation: Parameters<typeof deformPatch>[2]) => {
    const target = patchOf(patch);
    deformPatch(volumeOf(shape), start, deformation, target);
    return target;
  };

  it('is drawn at its probability and from its address', () => {
    expect(
      draw([
        { ...affine, probability: 0 },
        { ...elastic, probability: 0 },
      ]),
    ).toBeNull();
    expect(draw([affine, elastic])?.affine).toEqual(draw([affine, elastic])?.affine);
    expect(draw([affine])?.affine).not.toEqual(draw([affine], 2)?.affine);
    expect(draw([affine])?.elastic).toBeNull();
  });

  it('that turns nothing gives the straight patch, wherever it lies', () => {
    const straight = deformed([12, 12, 12], [3, 2, 4], { affine: IDENTITY, elastic: null });
    expect([...straight.image]).toEqual([...straight.label]);
    expect(straight.image[0]).toBe(3);
    expect(straight.image.at(-1)).toBe(8);
  });

  it('shows what lies beyond the straight patch in the volume', () => {
    const wide = draw([{ ...affine, rotation: [0, 0, 0], scale: { from: 2, to: 2 }, translation: [0, 0, 0] }]);
    const { image } = deformed([20, 20, 20], [7, 7, 7], wide ?? { affine: null, elastic: null });
    // 2 × (−2.5 … 2.5) about the centre 9.5
    expect(image[0]).toBeCloseTo(4.5, 5);
    expect(image.at(-1)).toBeCloseTo(14.5, 5);
  });

  it('repeats the border of a volume, and pads one that is smaller than the patch with zeros', () => {
    const wide = draw([{ ...affine, rotation: [0, 0, 0], scale: { from: 4, to: 4 }, translation: [0, 0, 0] }]);
    const large = deformed([8, 8, 8], [1, 0, 1], wide ?? { affine: null, elastic: null });
    expect(large.image[0]).toBe(0);
    expect(large.image.at(-1)).toBe(7);
    const small = deformed([2, 8, 8], [-2, 0, 1], wide ?? { affine: null, elastic: null });
    expect(small.image.at(-1)).toBe(0);
  });

  it('keeps image and label together, within half a voxel', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { image, label } = deformed(
        [12, 12, 12],
        [3, 2, 4],
        draw([affine, elastic], seed) ?? { affine: null, elastic: null },
      );
      image.forEach((value, i) => {
        expect(Math.abs(value - (label[i] ?? 0))).toBeLessThanOrEqual(0.5 + 1e-5);
      });
    }
  });

  it('by splines never moves a voxel further than its magnitude, and smoothly', () => {
    for (let seed = 0; seed < 20; seed++) {
      const field = draw([elastic], seed)?.elastic;
      if (field == null) throw new Error('elastic with probability 1 was not drawn');
      expect(field.bound).toBeLessThanOrEqual(2);
      for (let x = 0; x < patch[0]; x++) {
        const row = field.row(x, 3);
        const steps = [...row.slice(1, patch[2])].map((value, z) => Math.abs(value - (row[z] ?? 0)));
        expect(Math.max(...row.map(Math.abs))).toBeLessThanOrEqual(field.bound);
        // A cubic B-spline's slope is at most the difference of neighbouring control points over their distance.
        expect(Math.max(...steps)).toBeLessThanOrEqual((2 * field.bound) / 4 + 1e-6);
      }
    }
  });
});
