import { randomStream } from '../../runtime/data/random.ts';
import type { Batch } from '../../runtime/data/types.ts';

/** Noise, three voxels in ten of it labelled: what a step costs does not depend on the picture. */
export function noiseBatch(size: number): Batch {
  const random = randomStream({ seed: 1, purpose: 'phantom' });
  const voxels = size ** 3;
  const image = Float32Array.from({ length: voxels }, () => random.normal());
  const label = Int32Array.from({ length: voxels }, () => (random.uniform() > 0.7 ? 1 : 0));
  return { image, label, shape: [1, size, size, size], caseIds: ['noise'] };
}
