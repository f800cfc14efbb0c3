import { channelsOf } from './channels.ts';
import type { SharedCase } from './prepare.ts';
import { copyBox } from './transforms/pad.ts';
import type { Vec3 } from './types.ts';

/** What patches are cut from: a prepared case, in memory or on disk. Offsets are row-major, as everywhere. */
export interface CaseSource {
  readonly id: string;
  readonly shape: Vec3;
  readonly channels: number;
  readonly foregroundCount: number;
  /** Offset of the index-th foreground voxel, ascending. */
  foregroundAt(index: number): number;
  isForeground(offset: number): boolean;
  /** Fills `target` with a box of the image, [C, ...size], or of the label; zeros where it lies outside. */
  readImage(start: Vec3, size: Vec3, target: Float32Array): void;
  readLabel(start: Vec3, size: Vec3, target: Int32Array): void;
}

export function inMemory({ id, image, label, foreground }: SharedCase): CaseSource {
  return {
    id,
    shape: image.shape,
    channels: image.channels,
    foregroundCount: foreground.length,
    foregroundAt: (index) => foreground[index] ?? 0,
    isForeground: (offset) => label.data[offset] !== 0,
    readImage: (start, size, target) => {
      const targets = channelsOf({ shape: size, data: target });
      for (const [c, channel] of channelsOf(image).entries()) {
        copyBox(channel, image.shape, start, size, targets[c] ?? new Float32Array());
      }
    },
    readLabel: (start, size, target) => copyBox(label.data, image.shape, start, size, target),
  };
}
