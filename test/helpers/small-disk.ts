import { spawnSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

/** A file system of its own, so small that it fills, and that can be made larger or read-only. */
export interface SmallDisk {
  readonly folder: string;
  remount(options: string): void;
}

/** @returns null where this user may not mount: only root may, on Linux */
export function smallDisk(kilobytes: number): SmallDisk | null {
  const folder = temporaryFolder();
  if (!mount('-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder)) return null;
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  return { folder, remount: (options) => void mount('-o', `remount,${options}`, folder) };
}

function mount(...options: readonly string[]): boolean {
  return process.platform === 'linux' && spawnSync('mount', options).status === 0;
}
