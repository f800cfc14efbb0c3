import type { PlanAugment } from '../../../compiler/plan/schema.ts';
import { type Address, randomStream } from '../random.ts';
import type { Vec3 } from '../types.ts';
import { drawAffine } from './affine.ts';
import { biasField } from './bias-field.ts';
import type { Deformation } from './deform.ts';
import { drawElastic } from './elastic.ts';
import { flip } from './flip.ts';
import { gamma } from './gamma.ts';
import { gaussianNoise } from './gaussian-noise.ts';
import { gaussianSmooth } from './gaussian-smooth.ts';
import { intensityScale } from './intensity-scale.ts';
import { intensityShift } from './intensity-shift.ts';
import { lowResolution } from './low-resolution.ts';
import { rotate90 } from './rotate90.ts';
import type { Augmentation, AugmentKind, AugmentOf, Patch, PatchAugmentKind } from './types.ts';

/** Every augmentation of a cut patch, by its name in a plan. */
const AUGMENTATIONS: { readonly [K in PatchAugmentKind]: Augmentation<K> } = {
  flip,
  rotate90,
  gamma,
  gaussian_smooth: gaussianSmooth,
  low_resolution: lowResolution,
  bias_field: biasField,
  intensity_scale: intensityScale,
  intensity_shift: intensityShift,
  gaussian_noise: gaussianNoise,
};

export type PatchAddress = Omit<Address, 'purpose' | 'occurrence'>;

function applyOne<K extends PatchAugmentKind>(
  kind: K,
  patch: Patch,
  settings: AugmentOf<K>,
  address: PatchAddress,
  occurrence: number,
): void {
  AUGMENTATIONS[kind](patch, settings, randomStream({ ...address, purpose: kind, occurrence }));
}

/** Calls `visit` with each entry and how many of its kind stand before it: each draws from a stream of its own. */
function visitEach(augment: readonly PlanAugment[], visit: (settings: PlanAugment, occurrence: number) => void): void {
  const seen = new Map<AugmentKind, number>();
  for (const settings of augment) {
    const occurrence = seen.get(settings.kind) ?? 0;
    seen.set(settings.kind, occurrence + 1);
    visit(settings, occurrence);
  }
}

/** Where a plan's `affine` and `elastic` take the patch from; null where chance leaves it straight. */
export function drawDeformation(
  augment: readonly PlanAugment[],
  patch: Vec3,
  address: PatchAddress,
): Deformation | null {
  let affine: Deformation['affine'] = null;
  let elastic: Deformation['elastic'] = null;
  visitEach(augment, (settings, occurrence) => {
    const stream = () => randomStream({ ...address, purpose: settings.kind, occurrence });
    if (settings.kind === 'affine') affine = drawAffine(settings, stream()) ?? affine;
    else if (settings.kind === 'elastic') elastic = drawElastic(settings, patch, stream()) ?? elastic;
  });
  return affine === null && elastic === null ? null : { affine, elastic };
}

/** Applies the rest of a plan's augmentations to a cut patch, in their order. */
export function augmentPatch(patch: Patch, augment: readonly PlanAugment[], address: PatchAddress): void {
  visitEach(augment, (settings, occurrence) => {
    if (settings.kind !== 'affine' && settings.kind !== 'elastic') {
      applyOne(settings.kind, patch, settings, address, occurrence);
    }
  });
}
