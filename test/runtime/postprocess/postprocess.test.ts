import { describe, expect, it } from 'vitest';
import type { PlanPostprocess } from '../../../compiler/plan/schema.ts';
import { randomStream } from '../../../runtime/data/random.ts';
import type { Vec3 } from '../../../runtime/data/types.ts';
import { postprocess } from '../../../runtime/postprocess/apply.ts';
import { askPython } from '../../helpers/ask-python.ts';
import { pythonHas } from '../../helpers/python.ts';

function processed(kind: PlanPostprocess['kind'], labels: readonly number[], shape: Vec3, classes: number[] | null) {
  const result = Uint8Array.from(labels);
  postprocess(result, shape, [{ kind, classes }], 3);
  return [...result];
}

describe('the largest component', () => {
  it('stays, the first of equals; other classes are left alone', () => {
    expect(processed('largest_component', [1, 0, 2, 0, 1, 1, 0, 2, 2], [1, 1, 9], [1])).toEqual([
      0, 0, 2, 0, 1, 1, 0, 2, 2,
    ]);
    expect(processed('largest_component', [1, 0, 1], [1, 1, 3], [1])).toEqual([1, 0, 0]);
  });

  it('is taken of each class by itself, of all where none is named', () => {
    expect(processed('largest_component', [2, 0, 2, 2, 1, 0, 1, 1], [1, 1, 8], null)).toEqual([0, 0, 2, 2, 0, 0, 1, 1]);
  });

  it('of a class that is not there is nothing', () => {
    expect(processed('largest_component', [0, 2], [1, 1, 2], [1])).toEqual([0, 2]);
  });
});

describe('filling holes', () => {
  const ring = [1, 1, 1, 1, 0, 1, 1, 1, 1];

  it('gives enclosed background to the class, but not what is open at the border, and not other classes', () => {
    // In a volume of one plane every voxel lies at the border.
    expect(processed('fill_holes', ring, [1, 3, 3], [1])).toEqual(ring);
    const cube = [...new Array(9).fill(1), ...ring, ...new Array(9).fill(1)];
    expect(processed('fill_holes', cube, [3, 3, 3], [1])).toEqual(new Array(27).fill(1));
    const filledWithOther = cube.with(13, 2);
    expect(processed('fill_holes', filledWithOther, [3, 3, 3], [1])).toEqual(filledWithOther);
  });
});

describe.skipIf(!pythonHas('scipy'))('equals scipy (skipped: no reference Python with scipy)', () => {
  it('on random maps of several classes', { timeout: 60_000 }, () => {
    const random = randomStream({ seed: 5, purpose: 'phantom' });
    const shapes: Vec3[] = [
      [9, 8, 7],
      [5, 12, 6],
      [1, 9, 9],
      [12, 12, 12],
    ];
    const cases = shapes.flatMap((shape) =>
      [0.45, 0.7, 0.9].flatMap((density) =>
        (['largest_component', 'fill_holes'] as const).map((kind) => {
          const labels = Array.from({ length: shape[0] * shape[1] * shape[2] }, () =>
            random.uniform() < density ? 1 + Math.floor(random.uniform() * 1.3) : 0,
          );
          return { labels, shape, kind, classes: [1, 2] };
        }),
      ),
    );
    const answers = askPython<number[][]>(new URL('reference.py', import.meta.url), cases);
    for (const [index, { labels, shape, kind, classes }] of cases.entries())
      expect(processed(kind, labels, shape, classes), `case ${index}`).toEqual(answers[index]);
  });
});
