import { medianOf } from '../../../../compiler/quantiles.ts';
import { trainedSize } from '../../trained-size.ts';
import type { Vec3 } from '../../types.ts';
import type { CheckedDataset, DataRule, Finding } from '../finding.ts';
import { suggestPatch } from '../stats.ts';
import type { ImageFacts } from '../survey.ts';

/** A spacing this many times off the median is another protocol, or a header that lies. */
const SPACING_FACTOR = 2;

/** A side this many times off the median. */
const SIZE_FACTOR = 3;

interface Imaged {
  readonly id: string;
  readonly image: ImageFacts;
}

function imaged({ surveys }: CheckedDataset): Imaged[] {
  return surveys.flatMap(({ files, image }) => (image === null ? [] : [{ id: files.id, image }]));
}

const AXES = ['x', 'y', 'z'] as const;

/** Cases whose number on some axis is `factor` times off the median of all. */
function outliers(
  cases: readonly Imaged[],
  numbers: (image: ImageFacts) => readonly number[],
  factor: number,
): { readonly id: string; readonly axis: string; readonly value: number; readonly median: number }[] {
  return AXES.flatMap((axis, i) => {
    const along = (entry: Imaged) => numbers(entry.image)[i] ?? 0;
    const median = medianOf(cases.map(along));
    return cases
      .filter((entry) => along(entry) > factor * median || along(entry) < median / factor)
      .map((entry) => ({ id: entry.id, axis, value: along(entry), median }));
  });
}

/** Voxel sizes far from the others’. Where volumes are resampled they still tell of another protocol or a wrong header. */
export const spacingOutliers: DataRule = (dataset) =>
  outliers(imaged(dataset), (image) => image.spacing, SPACING_FACTOR).map(
    ({ id, axis, value, median }): Finding => ({
      severity: 'warning',
      kind: 'spacing',
      cases: [id],
      message: `voxels are ${value.toFixed(3)} mm along ${axis}, ${median.toFixed(3)} mm in the median of all cases${
        dataset.grid.spacing !== null ? '' : '; `dataset.spacing` would make them alike'
      }`,
    }),
  );

export const sizeOutliers: DataRule = (dataset) =>
  outliers(imaged(dataset), (image) => image.shape.map((side, i) => side * (image.spacing[i] ?? 1)), SIZE_FACTOR).map(
    ({ id, axis, value, median }): Finding => ({
      severity: 'warning',
      kind: 'size',
      cases: [id],
      message: `the volume is ${value.toFixed(0)} mm long along ${axis}, ${median.toFixed(0)} mm in the median of all cases`,
    }),
  );

/** Volumes that lie in different ways. A run with `orientation: native` trains on them as they lie. */
export const orientations: DataRule = (dataset) => {
  const groups = new Map<string, string[]>();
  for (const { id, image } of imaged(dataset)) {
    groups.set(image.orientation, [...(groups.get(image.orientation) ?? []), id]);
  }
  if (groups.size < 2 || dataset.grid.orientation !== null) return [];
  const [common, ...others] = [...groups].sort(([, a], [, b]) => b.length - a.length);
  return others.map(
    ([code, cases]): Finding => ({
      severity: 'warning',
      kind: 'orientation',
      cases,
      message: `these volumes are ${code}, most are ${common?.[0]}; \`orientation: RAS\` turns all alike`,
    }),
  );
};

/** Headers that do not say how the volume lies: left and right are then a guess. */
export const orientedHeaders: DataRule = (dataset) => {
  const cases = imaged(dataset).filter(({ image }) => !image.oriented);
  if (cases.length === 0) return [];
  const message = 'neither sform nor qform is set: which side is left is a guess';
  return [{ severity: 'warning', kind: 'no affine', cases: cases.map(({ id }) => id), message }];
};

/** Volumes smaller than the patch are padded with zeros on every visit. Told once, for the set. */
export const smallerThanPatch: DataRule = (dataset) => {
  const { patch, grid } = dataset;
  if (patch === null) return [];
  const sizes = imaged(dataset).map(({ image }) => trainedSize(image, grid));
  const smaller = sizes.length - held(patch, sizes);
  if (smaller * 2 <= sizes.length) return [];
  const message = `${smaller} of ${sizes.length} volumes are smaller than the patch ${patch.join('x')} and padded with zeros; ${patchAdvice(patch, sizes)}`;
  return [{ severity: 'warning', kind: 'patch', cases: [], message }];
};

/** How many volumes hold a patch of these sides. */
function held(sides: Vec3, sizes: readonly Vec3[]): number {
  return sizes.filter((size) => size.every((side, axis) => side >= (sides[axis] ?? 0))).length;
}

/** A patch that the typical volume holds, or else the smallest one: no side longer than it is. */
function patchAdvice(patch: Vec3, sizes: readonly Vec3[]): string {
  const along = (axis: 0 | 1 | 2) => sizes.map((size) => size[axis]);
  const smaller = (side: (numbers: readonly number[]) => number): Vec3 => {
    const [x, y, z] = suggestPatch([side(along(0)), side(along(1)), side(along(2))]);
    return [Math.min(x, patch[0]), Math.min(y, patch[1]), Math.min(z, patch[2])];
  };
  const typical = smaller(medianOf);
  const advised = held(typical, sizes) * 2 >= sizes.length ? typical : smaller((sides) => Math.min(...sides));
  const within = held(advised, sizes);
  if (within === 0) return 'they are smaller than any patch of 16x16x16: `spacing` resamples to smaller voxels';
  return `\`patch: ${advised.join('x')}\` lies within ${within} of them, as far as the network takes such sides`;
}
