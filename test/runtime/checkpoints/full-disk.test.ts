import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { loadCheckpoint, saveCheckpoint } from '../../../runtime/checkpoints/checkpoint.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { contextOf, progressAt, vectorsOf } from './samples.ts';

const disk = vi.hoisted(() => ({ bytesLeft: Number.POSITIVE_INFINITY }));

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return {
    ...fs,
    writeSync: (file: number, data: Uint8Array, offset: number) => {
      disk.bytesLeft -= data.length - offset;
      if (disk.bytesLeft < 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      return fs.writeSync(file, data, offset);
    },
  };
});

it('a full disk costs only the checkpoint that did not fit', () => {
  const context = contextOf(temporaryFolder());
  saveCheckpoint(context, 'last', vectorsOf(context, 1), progressAt(1));
  disk.bytesLeft = 30_000;
  const save = () => saveCheckpoint(context, 'last', vectorsOf(context, 2), progressAt(2));
  expect(save).toThrow(/the one before is kept: .* cannot be written: the disk is full/);
  expect(loadCheckpoint(context, 'last')).toMatchObject({ progress: progressAt(1), insteadOf: null });
  expect(readdirSync(join(context.runDir, 'checkpoints'))).toEqual(['last']);
  disk.bytesLeft = Number.POSITIVE_INFINITY;
  save();
  expect(loadCheckpoint(context, 'last')?.progress).toEqual(progressAt(2));
});

it('a full disk says nothing of a checkpoint before the first', () => {
  const context = contextOf(temporaryFolder());
  disk.bytesLeft = 0;
  const save = () => saveCheckpoint(context, 'last', vectorsOf(context, 1), progressAt(1));
  expect(save).toThrow(/^the checkpoint is not saved: .* cannot be written: the disk is full$/);
});
