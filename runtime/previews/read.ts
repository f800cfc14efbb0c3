import { existsSync } from 'node:fs';
import { readVolume } from '../data/nifti/read.ts';
import type { Affine, Vec3 } from '../data/types.ts';
import { type PreviewPart, previewPath } from './preview.ts';

/** One validation case as it is looked at: all three maps on one grid. */
export interface Preview {
  readonly caseId: string;
  readonly shape: Vec3;
  readonly affine: Affine;
  /** Grey values. */
  readonly image: Uint8Array;
  /** Class indices. */
  readonly truth: Uint8Array;
  readonly predicted: Uint8Array;
}

/** Null where a part is missing, or does not belong to the others: it is being written. */
export function readPreview(runDir: string, caseId: string): Preview | null {
  const read = (part: PreviewPart) => {
    const path = previewPath(runDir, caseId, part);
    return existsSync(path) ? readVolume(path) : null;
  };
  const [image, truth, predicted] = [read('image'), read('truth'), read('prediction')];
  if (image === null || truth === null || predicted === null) return null;
  if (image.data.length !== truth.data.length || image.data.length !== predicted.data.length) return null;
  const { shape, affine } = image;
  return {
    caseId,
    shape,
    affine,
    image: Uint8Array.from(image.data),
    truth: Uint8Array.from(truth.data),
    predicted: Uint8Array.from(predicted.data),
  };
}
