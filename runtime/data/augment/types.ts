import type { PlanAugment } from '../../../compiler/plan/schema.ts';
import type { RandomStream } from '../random.ts';
import type { Vec3 } from '../types.ts';

/** A training patch, changed in place: the image [C, D, H, W], the label [D, H, W]. */
export interface Patch {
  readonly image: Float32Array;
  readonly label: Int32Array;
  readonly shape: Vec3;
}

export type AugmentKind = PlanAugment['kind'];
export type AugmentOf<K extends AugmentKind> = Extract<PlanAugment, { kind: K }>;

/** What decides where in the volume a patch's voxels are taken from; all others change a patch that is cut already. */
export type DeformationKind = 'affine' | 'elastic';
export type PatchAugmentKind = Exclude<AugmentKind, DeformationKind>;

/** One augmentation: draws all its chances from `random` and changes the patch in place. */
export type Augmentation<K extends PatchAugmentKind> = (
  patch: Patch,
  settings: AugmentOf<K>,
  random: RandomStream,
) => void;
