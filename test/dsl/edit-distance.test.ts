import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearestName } from '../../dsl/edit-distance.ts';

const SETTINGS = [
  'learning_rate',
  'weight_decay',
  'epochs',
  'lr_schedule',
  'early_stop',
  'patch',
  'batch_size',
  'cache',
];

describe('nearestName', () => {
  it.each([
    ['learnign_rate', 'learning_rate'],
    ['learning-rate', 'learning_rate'],
    ['LearningRate', 'learning_rate'],
    ['learningrate', 'learning_rate'],
    ['decay', 'weight_decay'],
    ['epoch', 'epochs'],
    ['pathc', 'patch'],
    ['bathc_size', 'batch_size'],
    ['cahce', 'cache'],
  ])('%s was meant to be %s', (name, meant) => {
    expect(nearestName(name, SETTINGS)).toBe(meant);
  });

  it.each(['dropout', 'x', '', 'spacing', 'p'.repeat(1000)])('%s is near nothing', (name) => {
    expect(nearestName(name, SETTINGS)).toBeNull();
  });

  it('takes the first of equals', () => {
    expect(nearestName('ab', ['ax', 'ay'])).toBe('ax');
  });
});

describe('editDistance', () => {
  it.each([
    ['kitten', 'sitting', 3],
    ['ab', 'ba', 1],
    ['', 'abc', 3],
    ['same', 'same', 0],
  ])('%s → %s: %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it('is symmetric, zero only for equals, and at most the longer length', () => {
    const word = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
      { seed: 1 },
    );
  });
});
