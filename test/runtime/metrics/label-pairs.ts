import { randomStream } from '../../../runtime/data/random.ts';
import type { Vec3 } from '../../../runtime/data/types.ts';
import type { LabelPair } from '../../../runtime/metrics/types.ts';

/** Balls of class 1 and 2 at random places: what a segmentation and its truth look like. */
export function ballPair(
  seed: number,
  shape: Vec3,
  spacing: Vec3,
  present: { predicted: number[]; truth: number[] },
): LabelPair {
  return {
    predicted: balls(seed, shape, present.predicted),
    truth: balls(seed + 1, shape, present.truth),
    shape,
    spacing,
  };
}

function balls(seed: number, [nx, ny, nz]: Vec3, classes: readonly number[]): Uint8Array {
  const random = randomStream({ seed, purpose: 'phantom' });
  const labels = new Uint8Array(nx * ny * nz);
  for (const classIndex of classes) {
    const [cx, cy, cz] = [random.uniform() * nx, random.uniform() * ny, random.uniform() * nz];
    const radius = 2 + 3 * random.uniform();
    let i = 0;
    for (let x = 0; x < nx; x++)
      for (let y = 0; y < ny; y++)
        for (let z = 0; z < nz; z++, i++) if (Math.hypot(x - cx, y - cy, z - cz) <= radius) labels[i] = classIndex;
  }
  return labels;
}
