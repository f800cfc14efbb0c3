import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { multiply } from '../../../runtime/data/affine.ts';
import { reorient } from '../../../runtime/data/transforms/orientation.ts';
import type { Affine, Vec3, Volume } from '../../../runtime/data/types.ts';
import { drawOverview } from '../../../runtime/overview/overview.ts';
import { largestCrossSections, planeOf, VIEWS } from '../../../runtime/overview/planes.ts';

const shape: Vec3 = [6, 8, 5];
const affine: Affine = [
  [1, 0, 0, -3],
  [0, 1.5, 0, 4],
  [0, 0, 2, -1],
  [0, 0, 0, 1],
];

/** In RAS, each voxel holds its place: 100 · right + 10 · anterior + superior. */
const placed: Volume = {
  shape,
  affine,
  data: Float32Array.from(
    { length: 6 * 8 * 5 },
    (_, i) => Math.floor(i / 40) * 100 + (Math.floor(i / 5) % 8) * 10 + (i % 5),
  ),
};

function corners(volume: Volume, view: (typeof VIEWS)[number]) {
  const plane = planeOf(view, volume.shape, volume.affine, () => 0);
  const at = (column: number, row: number) => volume.data[plane.start + column * plane.across + row * plane.down] ?? 0;
  const [right, down] = [plane.columns - 1, plane.rows - 1];
  return { size: [plane.columns, plane.rows], upperLeft: at(0, 0), upperRight: at(right, 0), lowerLeft: at(0, down) };
}

describe('planes', () => {
  it.each(['RAS', 'LPS', 'ASR', 'PIL'])('of a volume stored as %s are shown in radiological convention', (code) => {
    const [axial, coronal, sagittal] = VIEWS;
    const stored = reorient(placed, code);
    // On the left of the screen is the patient's right, in front is above; the plane itself is the first one of the file.
    const first = (axis: number) => {
      const letter = 'RLAPSI'.indexOf(
        [...code].find((side) => 'RLAPSI'.slice(2 * axis, 2 * axis + 2).includes(side)) ?? '',
      );
      return letter % 2 === 0 ? 0 : (shape[axis] ?? 1) - 1;
    };
    expect(corners(stored, axial)).toEqual({
      size: [6, 8],
      upperLeft: 570 + first(2),
      upperRight: 70 + first(2),
      lowerLeft: 500 + first(2),
    });
    expect(corners(stored, coronal)).toMatchObject({
      size: [6, 5],
      upperLeft: 504 + 10 * first(1),
      upperRight: 4 + 10 * first(1),
    });
    expect(corners(stored, sagittal)).toMatchObject({
      size: [8, 5],
      upperLeft: 74 + 100 * first(0),
      upperRight: 4 + 100 * first(0),
    });
  });

  it('go through most of the foreground, or through the middle', () => {
    const labels = new Uint8Array(6 * 8 * 5);
    labels.fill(1, 4 * 40 + 3 * 5, 4 * 40 + 3 * 5 + 4);
    labels[2 * 40] = 1;
    expect(largestCrossSections(labels, shape)).toEqual([4, 3, 0]);
    expect(largestCrossSections(new Uint8Array(6 * 8 * 5), shape)).toEqual([3, 4, 2]);
  });
});

describe('a picture', () => {
  const truth = Uint8Array.from(placed.data, (place) => (place >= 200 && place < 500 ? 1 : 0));
  const shown = {
    title: 'sub-01',
    subtitle: 'Dice 1',
    image: placed,
    truth,
    predicted: truth,
    classes: ['background', 'organ'],
  };
  const colorsOf = (png: Uint8Array) => {
    const { data } = decode(png);
    const colors = new Map<string, number>();
    for (let i = 0; i < data.length; i += 3) {
      const color = `${data[i]},${data[i + 1]},${data[i + 2]}`;
      colors.set(color, (colors.get(color) ?? 0) + 1);
    }
    return colors;
  };
  const TRUTH = '64,224,208';
  const PREDICTED = '255,140,40';

  it('shows contours of both maps, the truth’s also where they agree', () => {
    const colors = colorsOf(drawOverview(shown));
    expect(colors.get(TRUTH)).toBeGreaterThan(500);
    expect(colors.get(PREDICTED)).toBeGreaterThan(500);
  });

  it('without a truth has no contour of one, and without any label none at all', () => {
    const alone = colorsOf(drawOverview({ ...shown, truth: null }));
    expect([alone.get(TRUTH), (alone.get(PREDICTED) ?? 0) > 500]).toEqual([undefined, true]);
    const nothing = new Uint8Array(truth.length);
    const empty = colorsOf(drawOverview({ ...shown, truth: nothing, predicted: nothing }));
    // Only the legend still has the colours.
    expect(empty.get(PREDICTED)).toBeLessThan(200);
  });

  it('keeps the proportions of the body, and a bound', () => {
    const wide: Affine = multiply(affine, [
      [90, 0, 0, 0],
      [0, 90, 0, 0],
      [0, 0, 90, 0],
      [0, 0, 0, 1],
    ]);
    const { width, height } = decode(drawOverview({ ...shown, image: { ...placed, affine: wide } }));
    expect(width).toBeLessThanOrEqual(1200);
    expect(height).toBeLessThanOrEqual(540);
  });
});
