import type { PlanPostprocess } from '../../compiler/plan/schema.ts';
import type { Vec3 } from '../data/types.ts';
import { fillHoles } from './fill-holes.ts';
import { keepLargestComponent } from './largest-component.ts';

type Step = (labels: Uint8Array, shape: Vec3, classIndex: number) => void;

/** A new step is one file and one line here (and its name in the plan's schema). */
export const STEPS: { readonly [K in PlanPostprocess['kind']]: Step } = {
  largest_component: keepLargestComponent,
  fill_holes: fillHoles,
};

/**
 * Post-processes a segmentation, step by step, each class by itself.
 *
 * @param labels changed in place
 * @param classes K of the model, background included
 */
export function postprocess(labels: Uint8Array, shape: Vec3, steps: readonly PlanPostprocess[], classes: number): void {
  const foreground = Array.from({ length: classes - 1 }, (_, index) => index + 1);
  for (const step of steps)
    for (const classIndex of step.classes ?? foreground) STEPS[step.kind](labels, shape, classIndex);
}
