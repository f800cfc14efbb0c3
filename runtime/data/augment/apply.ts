import type { PlanAugment } from '../../../compiler/plan/schema.ts';
import { type Address, randomStream } from '../random.ts';
import { flip } from './flip.ts';
import { gaussianNoise } from './gaussian-noise.ts';
import { intensityScale } from './intensity-scale.ts';
import { intensityShift } from './intensity-shift.ts';
import { rotate90 } from './rotate90.ts';
import type { Augmentation, AugmentKind, AugmentOf, Patch } from './types.ts';

/** Every augmentation, by its name in a plan. */
const AUGMENTATIONS: { readonly [K in AugmentKind]: Augmentation<K> } = {
  flip,
  rotate90,
  intensity_scale: intensityScale,
  intensity_shift: intensityShift,
  gaussian_noise: gaussianNoise,
};

function applyOne<K extends AugmentKind>(
  kind: K,
  patch: Patch,
  settings: AugmentOf<K>,
  address: Omit<Address, 'purpose'>,
): void {
  AUGMENTATIONS[kind](patch, settings, randomStream({ ...address, purpose: kind }));
}

/** Applies a plan's augmentations in their order. Each draws from a stream of its own. */
export function augmentPatch(patch: Patch, augment: readonly PlanAugment[], address: Omit<Address, 'purpose'>): void {
  for (const settings of augment) applyOne(settings.kind, patch, settings, address);
}
