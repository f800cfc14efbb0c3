import { basename } from 'node:path';
import { medianOf } from '../../../../compiler/quantiles.ts';
import { type DataRule, type Finding, orLeaveOut } from '../finding.ts';

const percent = (part: number) => `${(100 * part).toFixed(part < 0.01 ? 2 : 1)}%`;

/** Images, and channels of images, that show nothing: one value everywhere, or no number anywhere. */
export const constantImages: DataRule = ({ surveys }) =>
  surveys.flatMap(({ files, image }): Finding[] =>
    (image?.channels ?? []).flatMap(({ intensities }, index, channels) => {
      const what = channels.length === 1 ? 'the image' : `channel ${index + 1}`;
      const finding = (message: string): Finding[] => [
        { severity: 'error', kind: 'constant', cases: [files.id], message: `${message}${orLeaveOut([files.id])}` },
      ];
      if (intensities === null) return finding(`no voxel of ${what} is a finite number`);
      const { min, max } = intensities;
      return min === max ? finding(`every voxel of ${what} is ${min}`) : [];
    }),
  );

/** Images of more or fewer channels than the model takes, or than most of the others have. */
export const channelCounts: DataRule = ({ surveys, channels }) => {
  const counts = surveys.flatMap(({ image }) => (image === null ? [] : [image.channels.length]));
  const wanted = channels ?? medianOf(counts);
  return surveys.flatMap(({ files, image }): Finding[] => {
    if (image === null || image.channels.length === wanted) return [];
    const others = channels === null ? `most images have ${wanted}` : `the model takes ${wanted}`;
    const message = `the image has ${image.channels.length === 1 ? 'one channel' : `${image.channels.length} channels`}, and ${others}${orLeaveOut([files.id])}`;
    return [{ severity: 'error', kind: 'channels', cases: [files.id], message }];
  });
};

/** Channels on another grid than the first: they are interpolated, which blurs them where nobody expects it. */
export const channelGrids: DataRule = ({ surveys }) =>
  surveys.flatMap(({ files, image }): Finding[] =>
    (image?.channels ?? [])
      .filter(({ onGrid }) => !onGrid)
      .map(({ file }) => {
        const message = `${basename(file)} lies on another grid than ${basename(files.image)}; training interpolates it`;
        return { severity: 'warning', kind: 'channel grid', cases: [files.id], message };
      }),
  );

/** NaN and infinities: a run takes them for 0, which may not be what they stand for. */
export const finiteImages: DataRule = ({ surveys }) =>
  surveys.flatMap(({ files, image }): Finding[] => {
    if (image === null || image.nonFinite === 0 || image.intensities === null) return [];
    const share = percent(image.nonFinite / image.voxels);
    const message = `${image.nonFinite === 1 ? '1 voxel' : `${image.nonFinite} voxels`} (${share}) ${image.nonFinite === 1 ? 'is' : 'are'} NaN or infinite; training takes ${image.nonFinite === 1 ? 'it' : 'them'} for 0`;
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
