import { expect, it } from 'vitest';
import { trainedSize } from '../../../runtime/data/trained-size.ts';

const volume = { shape: [101, 201, 31] as const, spacing: [1, 0.5, 2] as const, orientation: 'ASR' };

it.each([
  ['as it lies', null, null, [101, 201, 31]],
  ['turned: its third axis runs left to right', 'RAS', null, [31, 101, 201]],
  ['the other way round, which changes no side', 'LPI', null, [31, 101, 201]],
  ['resampled as it lies', null, [1, 1, 1], [101, 101, 61]],
  ['turned, then resampled', 'RAS', [1, 2, 0.5], [61, 51, 201]],
] as const)('the size of a volume that is trained on %s', (_, orientation, spacing, size) => {
  expect(trainedSize(volume, { orientation, spacing: spacing === null ? null : [...spacing] })).toEqual(size);
});
