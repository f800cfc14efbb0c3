import type { DataRule, Finding } from '../finding.ts';

const percent = (part: number) => `${(100 * part).toFixed(part < 0.01 ? 2 : 1)}%`;

/** Images that show nothing: one value everywhere, or no number anywhere. */
export const constantImages: DataRule = ({ surveys }) =>
  surveys.flatMap(({ files, image }): Finding[] => {
    if (image === null) return [];
    const finding = (message: string): Finding[] => [
      { severity: 'error', kind: 'constant', cases: [files.id], message },
    ];
    if (image.intensities === null) return finding('no voxel of the image is a finite number');
    const { min, max } = image.intensities;
    return min === max ? finding(`every voxel of the image is ${min}`) : [];
  });

/** NaN and infinities: a run takes them for 0, which may not be what they stand for. */
export const finiteImages: DataRule = ({ surveys }) =>
  surveys.flatMap(({ files, image }): Finding[] => {
    if (image === null || image.nonFinite === 0 || image.intensities === null) return [];
    const share = percent(image.nonFinite / image.voxels);
    const message = `${image.nonFinite} voxels (${share}) are NaN or infinite; training takes them for 0`;
    return [{ severity: 'warning', kind: 'not finite', cases: [files.id], message }];
  });

/** `intensity: range(…)` that misses an image: after clipping there is next to nothing left to see. */
export const windowMeetsImages: DataRule = ({ surveys, intensity }) => {
  if (intensity?.kind !== 'range') return [];
  return surveys.flatMap(({ files, image }): Finding[] => {
    if (image?.intensities == null) return [];
    const { low, high } = image.intensities;
    if (high > intensity.from && low < intensity.to) return [];
    const message = `intensities run from ${low} to ${high}, outside of range(from: ${intensity.from}, to: ${intensity.to})`;
    return [{ severity: 'error', kind: 'window', cases: [files.id], message }];
  });
};
