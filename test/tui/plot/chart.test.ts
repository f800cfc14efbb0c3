import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChartOptions, renderChart } from '../../../tui/plot/chart.ts';
import { axisLabels, extentOf, niceExtent, niceStep } from '../../../tui/plot/scale.ts';

const OPTIONS: ChartOptions = {
  columns: 20,
  rows: 6,
  characters: 'ascii',
  x: { min: 0, max: 10 },
  y: { min: 0, max: 1 },
  mark: null,
  xUnit: 'epochs',
};

function text(points: readonly { x: number; y: number }[], options: Partial<ChartOptions> = {}): string[] {
  return renderChart(points, { ...OPTIONS, ...options }).map((line) => line.map((piece) => piece.text).join(''));
}

describe('a chart', () => {
  it('puts the highest value at the top, the lowest at the bottom and labels both', () => {
    expect(
      text([
        { x: 0, y: 0 },
        { x: 10, y: 1 },
      ]),
    ).toMatchInlineSnapshot(`
      [
        "1.0+             ..'",
        "   |          .''   ",
        "0.5+      ..''      ",
        "   |   ..'          ",
        "0.0+.''             ",
        "    0      10 epochs",
      ]
    `);
  });

  it('marks the best point in its own place', () => {
    const lines = renderChart(
      [
        { x: 0, y: 0.2 },
        { x: 5, y: 1 },
        { x: 10, y: 0.5 },
      ],
      { ...OPTIONS, mark: { x: 5, y: 1 } },
    );
    expect(lines[0]?.find((piece) => piece.tone === 'mark')?.text).toBe('*');
    expect(
      lines
        .slice(1)
        .flat()
        .some((piece) => piece.tone === 'mark'),
    ).toBe(false);
  });

  it('shows the mean of points that share a column, so that noise does not fill the plot', () => {
    const noisy = Array.from({ length: 4000 }, (_, index) => ({ x: index / 400, y: index % 2 }));
    const drawn = text(noisy)
      .slice(0, 5)
      .map((line) => line.slice(4).trim());
    expect(drawn.filter((line) => line !== '')).toHaveLength(1);
  });

  it('survives values that are not numbers, single points and none at all', () => {
    expect(
      text(
        [
          { x: 1, y: Number.NaN },
          { x: 2, y: Number.POSITIVE_INFINITY },
        ],
        { y: null },
      ),
    ).toHaveLength(6);
    expect(text([{ x: 1, y: 3 }], { y: null }).join('')).toMatch(/['.:]/);
    expect(text([], { y: null })).toHaveLength(6);
  });

  it('has exactly the rows and columns that were asked for, whatever is drawn', () => {
    const point = fc.record({ x: fc.double({ min: 0, max: 10 }), y: fc.double({ noNaN: false }) });
    fc.assert(
      fc.property(
        fc.array(point, { maxLength: 50 }),
        fc.integer({ min: 30, max: 120 }),
        fc.integer({ min: 2, max: 20 }),
        fc.constantFrom('braille' as const, 'ascii' as const),
        (points, columns, rows, characters) => {
          const lines = text(points, { columns, rows, characters, mark: points[0] ?? null });
          return lines.length === rows && lines.every((line) => line.length === columns);
        },
      ),
      { numRuns: 200, seed: 1 },
    );
  });
});

describe('scales', () => {
  it('steps by one, two or five times a power of ten', () => {
    expect([0.03, 0.9, 1, 1.2, 3, 7, 40].map(niceStep)).toEqual([0.05, 1, 1, 2, 5, 10, 50]);
  });

  it('rounds an extent outward, and a round one not at all', () => {
    expect(niceExtent({ min: 0.13, max: 1.87 })).toEqual({ min: 0, max: 2 });
    expect(niceExtent({ min: 0, max: 1 })).toEqual({ min: 0, max: 1 });
  });

  it('gives a single value room on both sides', () => {
    expect(extentOf([0, 0])).toEqual({ min: 0, max: 1 });
    expect(extentOf([2, 2])).toEqual({ min: 1.8, max: 2.2 });
    expect(extentOf([])).toEqual({ min: 0, max: 1 });
  });

  it('labels an axis with equal decimals that tell its values apart', () => {
    expect(axisLabels([2, 1.25, 0.5])).toEqual(['2.00', '1.25', '0.50']);
    expect(axisLabels([100, 50, 0])).toEqual(['100', '50', '0']);
    expect(axisLabels([0.012, 0.011, 0.01])).toEqual(['0.012', '0.011', '0.010']);
  });
});
