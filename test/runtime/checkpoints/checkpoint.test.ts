import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type CheckpointContext, loadCheckpoint, saveCheckpoint } from '../../../runtime/checkpoints/checkpoint.ts';
import { CheckpointError } from '../../../runtime/errors.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { contextOf, progressAt, vectorsOf } from './samples.ts';

let context: CheckpointContext;
let last: string;

/** Two checkpoints: after step 1 and, newer, after step 2. */
beforeEach(() => {
  context = contextOf(temporaryFolder());
  last = join(context.runDir, 'checkpoints/last');
  saveCheckpoint(context, 'last', vectorsOf(context, 1), progressAt(1));
  saveCheckpoint(context, 'last', vectorsOf(context, 2), progressAt(2));
});

describe('a checkpoint', () => {
  it('gives back weights, optimizer state and progress, bit for bit', () => {
    const loaded = loadCheckpoint(context, 'last');
    expect(loaded).toMatchObject({ ...vectorsOf(context, 2), progress: progressAt(2), insteadOf: null });
  });

  it('has a hash of the weights alone', () => {
    const again = saveCheckpoint(context, 'best', { ...vectorsOf(context, 2), state: null }, progressAt(9));
    expect(again.weightsHash).toBe(loadCheckpoint(context, 'last')?.weightsHash);
    const other = saveCheckpoint(context, 'best', { ...vectorsOf(context, 3), state: null }, progressAt(9));
    expect(other.weightsHash).not.toBe(again.weightsHash);
  });

  it('is the best one without optimizer state: that is for training on', () => {
    saveCheckpoint(context, 'best', { ...vectorsOf(context, 2), state: null }, progressAt(2));
    expect(loadCheckpoint(context, 'best')?.state).toBeNull();
    expect(readdirSync(join(context.runDir, 'checkpoints/best'))).toEqual(['state.json', 'weights.safetensors']);
  });

  it('is none before the first', () => {
    expect(loadCheckpoint(context, 'best')).toBeNull();
  });

  it('of another plan is refused', () => {
    const other = { ...context, planId: 'cd'.repeat(32) };
    expect(() => loadCheckpoint(other, 'last')).toThrow(CheckpointError);
    expect(() => loadCheckpoint(other, 'last')).toThrow('belongs to another plan (abababababab)');
  });
});

function flipBit(path: string): void {
  const bytes = readFileSync(path);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

const DAMAGES: readonly (readonly [string, (folder: string) => void, string])[] = [
  [
    'truncated weights',
    (folder) => truncateSync(join(folder, 'weights.safetensors'), 1000),
    'has 1000 bytes instead of',
  ],
  ['empty optimizer state', (folder) => truncateSync(join(folder, 'optimizer.safetensors'), 0), 'has 0 bytes'],
  ['a flipped bit in the weights', (folder) => flipBit(join(folder, 'weights.safetensors')), 'checksum of weights'],
  [
    'a flipped bit in the optimizer state',
    (folder) => flipBit(join(folder, 'optimizer.safetensors')),
    'checksum of optimizer',
  ],
  ['a missing file', (folder) => rmSync(join(folder, 'weights.safetensors')), 'no such file'],
  ['no completion marker', (folder) => rmSync(join(folder, 'state.json')), 'no such file'],
  ['half a completion marker', (folder) => truncateSync(join(folder, 'state.json'), 40), 'JSON'],
];

describe('a damaged checkpoint', () => {
  it.each(DAMAGES)('with %s is replaced by the one before it', (_, damage, reason) => {
    damage(last);
    const loaded = loadCheckpoint(context, 'last');
    expect(loaded).toMatchObject({ ...vectorsOf(context, 1), progress: progressAt(1) });
    expect(loaded?.insteadOf?.path).toBe(last);
    expect(loaded?.insteadOf?.reason).toContain(reason);
  });

  it.each(DAMAGES)('with %s is an error where the one before is damaged too', (_, damage, reason) => {
    damage(last);
    damage(`${last}.previous`);
    expect(() => loadCheckpoint(context, 'last')).toThrow(CheckpointError);
    expect(() => loadCheckpoint(context, 'last')).toThrow(reason);
  });
});

describe('a save that is killed', () => {
  it('while it writes leaves the one before, and the next save is not disturbed', () => {
    const writing = join(context.runDir, 'checkpoints/.last.writing');
    mkdirSync(writing);
    writeFileSync(join(writing, 'weights.safetensors'), 'half a');
    expect(loadCheckpoint(context, 'last')?.progress).toEqual(progressAt(2));
    saveCheckpoint(context, 'last', vectorsOf(context, 3), progressAt(3));
    expect(loadCheckpoint(context, 'last')?.progress).toEqual(progressAt(3));
    expect(existsSync(writing)).toBe(false);
  });

  it('between the two renames leaves the one before', () => {
    rmSync(`${last}.previous`, { recursive: true });
    cpSync(last, `${last}.previous`, { recursive: true });
    rmSync(last, { recursive: true });
    expect(loadCheckpoint(context, 'last')).toMatchObject({ progress: progressAt(2), insteadOf: null });
    saveCheckpoint(context, 'last', vectorsOf(context, 3), progressAt(3));
    expect(loadCheckpoint(context, 'last')?.progress).toEqual(progressAt(3));
  });
});
