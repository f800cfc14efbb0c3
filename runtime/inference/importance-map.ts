import type { PlanInference } from '../../compiler/plan/schema.ts';
import type { Vec3 } from '../data/types.ts';

const SIGMA_SCALE = 0.125; // MONAI sliding_window_inference sigma_scale
const SMALLEST_WEIGHT = 1e-3; // MONAI compute_importance_map

/**
 * How much each voxel of a window counts where windows overlap: the same everywhere, or less towards the borders.
 *
 * @returns [D, H, W] of the window
 * @see MONAI compute_importance_map
 */
export function importanceMap(roiSize: Vec3, blend: PlanInference['blend']): Float32Array {
  const map = new Float32Array(roiSize[0] * roiSize[1] * roiSize[2]).fill(1);
  if (blend === 'constant') return map;
  const [d, h, w] = [gaussian(roiSize[0]), gaussian(roiSize[1]), gaussian(roiSize[2])];
  let i = 0;
  for (const x of d) for (const y of h) for (const z of w) map[i++] = Math.fround(x * y) * z;
  const smallest = Math.max(
    map.reduce((least, weight) => Math.min(least, weight), 1),
    SMALLEST_WEIGHT,
  );
  return map.map((weight) => Math.max(weight, smallest));
}

function gaussian(size: number): Float32Array {
  const sigma = size * SIGMA_SCALE;
  return Float32Array.from({ length: size }, (_, i) => Math.exp((i - (size - 1) / 2) ** 2 / (-2 * sigma ** 2)));
}
