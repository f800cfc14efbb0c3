import type { Vec3 } from '../data/types.ts';

/**
 * Where windows start so that they cover an image, the first axis slowest; the last of each axis is moved back to end
 * with the image.
 *
 * @param imageSize at least `roiSize` on every axis
 * @param overlap share of a window that the next one covers again, 0 ≤ overlap < 1
 * @see MONAI dense_patch_slices, _get_scan_interval
 */
export function windowStarts(imageSize: Vec3, roiSize: Vec3, overlap: number): readonly Vec3[] {
  const [ds, hs, ws] = [
    axisStarts(imageSize[0], roiSize[0], overlap),
    axisStarts(imageSize[1], roiSize[1], overlap),
    axisStarts(imageSize[2], roiSize[2], overlap),
  ];
  return ds.flatMap((d) => hs.flatMap((h) => ws.map((w): Vec3 => [d, h, w])));
}

function axisStarts(image: number, roi: number, overlap: number): readonly number[] {
  const interval = image === roi ? roi : Math.max(1, Math.floor(roi * (1 - overlap)));
  const starts: number[] = [];
  for (let start = 0; ; start += interval) {
    starts.push(Math.min(start, image - roi));
    if (start + roi >= image) return starts;
  }
}
