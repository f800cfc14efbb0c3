import type { Affine, Vec3 } from '../../../runtime/data/types.ts';
import type { Preview } from '../../../runtime/previews/read.ts';
import type { PreviewShelf } from '../../../tui/screens/shown-run.ts';

/** Voxels of 1 × 1 × 2 mm in RAS+: x to the right, y to the front, z to the head. */
export const RAS_1_1_2: Affine = [
  [1, 0, 0, -20],
  [0, 1, 0, -24],
  [0, 0, 2, -20],
  [0, 0, 0, 1],
];

/** A head by formula: bright on the patient's right and in front, so that a mirrored picture shows. */
export function samplePreview(caseId = 'sub-04', affine: Affine = RAS_1_1_2): Preview {
  const shape: Vec3 = [40, 48, 20];
  const count = shape[0] * shape[1] * shape[2];
  const maps = { image: new Uint8Array(count), truth: new Uint8Array(count), predicted: new Uint8Array(count) };
  let at = 0;
  for (let x = 0; x < shape[0]; x++)
    for (let y = 0; y < shape[1]; y++)
      for (let z = 0; z < shape[2]; z++, at++) {
        const [u, v, w] = [(x - 19.5) / 19, (y - 23.5) / 23, (z - 9.5) / 9.5];
        const isInside = u * u + v * v + w * w < 1;
        maps.image[at] = isInside ? Math.round(110 + 70 * u + 50 * v) : 0;
        // The structure lies on the right side; the prediction lies a little further left.
        const organ = (shift: number) => ((u - 0.35 + shift) / 0.35) ** 2 + (v / 0.4) ** 2 + (w / 0.5) ** 2 < 1;
        maps.truth[at] = organ(0) ? 1 : 0;
        maps.predicted[at] = organ(0.12) ? 1 : 0;
      }
  return { caseId, shape, affine, ...maps };
}

export function shelf(...previews: readonly Preview[]): PreviewShelf {
  return {
    cases: () => previews.map(({ caseId }) => caseId),
    read: (caseId) => previews.find((preview) => preview.caseId === caseId) ?? null,
  };
}
