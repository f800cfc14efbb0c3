import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compileMatrix, matrixFileOf } from '../../../compiler/matrix/compile-matrix.ts';
import { INITIAL_PROGRESS, type Progress } from '../../../runtime/checkpoints/state.ts';
import { readEvents } from '../../../runtime/events/read.ts';
import { EventWriter } from '../../../runtime/events/write.ts';
import { createMatrix, memberFolders, RUNGS_FOLDER } from '../../../runtime/run/matrix-folder.ts';
import type { RunFolder } from '../../../runtime/run/run-folder.ts';
import { judge, openHalving } from '../../../runtime/training/halving.ts';
import { smallWith } from '../../compiler/example.ts';

const folder = mkdtempSync(join(tmpdir(), 'voxel-exp-halving-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Six runs, compared after epochs 1, 2, 4 and 8: of two that come, one goes on. */
function sweep(stop = '  stop: halving(after: 1 epoch, factor: 2)') {
  const text = smallWith(`sweep { seed: [1, 2, 3, 4, 5, 6]${stop} }`);
  const options = { profile: null, set: [], environment: () => undefined };
  const compiled = compileMatrix({ path: 'a.exp', text }, options);
  const matrix = compiled.kind === 'matrix' ? compiled.matrix : null;
  if (matrix === null) throw new Error('no matrix');
  const made = createMatrix({
    runsDir: folder,
    source: text,
    sourcePath: 'a.exp',
    baseDir: folder,
    matrixFile: matrixFileOf(matrix),
    planFiles: matrix.members.map(({ planFile }) => planFile()),
  });
  return { dir: made.dir, runs: memberFolders(made).map(({ run }) => run) };
}

function progressAt(epoch: number, value: number | null): Progress {
  const best = value === null ? null : { value, epoch, step: epoch, metrics: { 'val.dice': value } };
  return { ...INITIAL_PROGRESS, epoch, step: epoch, epochDone: true, best };
}

/** Comes to a rung, in an attempt of its own. @returns whether it is held back; null where nobody compares it */
function arrive(run: RunFolder | undefined, epoch: number, value: number | null): boolean | null {
  if (run === undefined) throw new Error('no such run');
  const events = new EventWriter(run.dir);
  try {
    return openHalving(run, events)?.holdsBack(progressAt(epoch, value)) ?? null;
  } finally {
    events.close();
  }
}

describe('who goes on', () => {
  it.each([
    ['the first to come', 0.1, [0.1], true],
    ['the better of two', 0.6, [0.5, 0.6], true],
    ['not the worse of two', 0.4, [0.5, 0.4], false],
    ['the third of nine', 0.7, [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1], true],
    ['not the fourth of nine', 0.6, [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1], false],
    ['both of a tie', 0.5, [0.5, 0.5], true],
    ['not what was never measured', null, [0.1, null], false],
    ['not what is no number', Number.NaN, [0.1, Number.NaN], false],
  ])('%s', (_, value, reached, goesOn) => {
    expect(judge(value, reached, 3, 'max').goesOn).toBe(goesOn);
  });

  it('the smallest, where the smallest is the best', () => {
    expect(judge(2, [2, 5, 9], 3, 'min')).toEqual({ runs: 3, better: 0, goesOn: true });
    expect(judge(5, [2, 5, 9], 3, 'min')).toEqual({ runs: 3, better: 1, goesOn: false });
  });
});

describe('a run of a sweep with halving', () => {
  it('is compared at the rungs, with those that have come there', () => {
    const { dir, runs } = sweep();
    const [first, second, third, fourth] = runs;
    expect(arrive(first, 1, 0.5)).toBe(false);
    expect(arrive(second, 1, 0.4)).toBe(true);
    expect(arrive(third, 1, 0.6)).toBe(false);
    expect(arrive(fourth, 1, 0.5)).toBe(false);
    expect(arrive(third, 2, 0.7)).toBe(false);
    expect(arrive(third, 3, 0.7)).toBe(false);
    expect(arrive(first, 2, 0.6)).toBe(true);
    expect(readdirSync(join(dir, RUNGS_FOLDER)).sort()).toEqual(['1', '2']);
    expect(readEvents(second?.dir ?? '')).toMatchObject([
      { type: 'rung', epoch: 1, value: 0.4, runs: 2, better: 1, goesOn: false },
    ]);
  });

  it('keeps to what was decided, whoever has come since, and is not counted twice', () => {
    const { runs } = sweep();
    const [first, second, third] = runs;
    expect(arrive(first, 1, 0.1)).toBe(false);
    expect(arrive(second, 1, 0.9)).toBe(false);
    // Killed after the comparison, and come to it again from an earlier checkpoint.
    expect(arrive(first, 1, 0.1)).toBe(false);
    expect(readEvents(first?.dir ?? '')).toHaveLength(1);
    expect(arrive(third, 1, 0.5)).toBe(true);
    expect(readEvents(third?.dir ?? '')).toMatchObject([{ runs: 3 }]);
  });

  it('is held back no more once a person lets it go on', () => {
    const { runs } = sweep();
    const [first, second] = runs;
    arrive(first, 1, 0.9);
    expect(arrive(second, 1, 0.1)).toBe(true);
    const events = new EventWriter(second?.dir ?? '');
    const numbers = { epoch: 1, step: 1, seconds: 1, best: null, metrics: {}, expectations: [] };
    events.write({ type: 'run_finished', status: 'stopped_early', ...numbers, weightsHash: null, error: null });
    events.close();
    expect(arrive(second, 1, 0.1)).toBeNull();
    expect(arrive(second, 2, 0.1)).toBeNull();
  });

  it('is none where the sweep does not halve', () => {
    expect(arrive(sweep('').runs[0], 1, 0.5)).toBeNull();
  });
});
