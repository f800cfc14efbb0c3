import { describe, expect, it } from 'vitest';
import type { PlanAugment } from '../../../compiler/plan/schema.ts';
import { augmentPatch } from '../../../runtime/data/augment/apply.ts';
import { reverse } from '../../../runtime/data/augment/flip.ts';
import { turn } from '../../../runtime/data/augment/rotate90.ts';
import type { Vec3 } from '../../../runtime/data/types.ts';

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
    reverse(image, shape, 2);
    expect([...image.slice(0, 8)]).toEqual([3, 2, 1, 0, 7, 6, 5, 4]);
    reverse(image, shape, 2);
    reverse(image, shape, 1);
    expect([...image.slice(0, 12)]).toEqual([8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3]);
    reverse(image, shape, 1);
    reverse(image, shape, 0);
    reverse(image, shape, 0);
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
