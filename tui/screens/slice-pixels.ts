import { orientationOf } from '../../runtime/data/transforms/orientation.ts';
import { interpolate, type Plane, planeOf, VIEWS, type View } from '../../runtime/overview/planes.ts';
import type { Preview } from '../../runtime/previews/read.ts';

/** A plane of a preview as square pixels: grey values, and whose contour runs through each. */
export interface SlicePixels {
  readonly width: number;
  readonly height: number;
  readonly grey: Uint8Array;
  /** Class of the truth whose border a pixel lies on; 0 where none does. */
  readonly truth: Uint8Array;
  readonly predicted: Uint8Array;
}

export interface SlicePlace {
  readonly view: View;
  /** Index along the array axis that the plane is normal to. */
  readonly index: number;
  readonly neurological: boolean;
}

/** How the planes of a preview lie: along which array axis, and in which direction that axis counts. */
export function normalOf(
  { shape, affine }: Preview,
  view: View,
): { readonly axis: 0 | 1 | 2; readonly count: number; readonly sign: 1 | -1 } {
  const orientation = orientationOf(affine);
  const axis = ([0, 1, 2] as const).find((candidate) => orientation[candidate].axis === view.normal) ?? 0;
  return { axis, count: shape[axis], sign: orientation[axis].sign === 1 ? 1 : -1 };
}

export function viewOf(name: View['name']): View {
  return VIEWS.find((view) => view.name === name) ?? VIEWS[0];
}

/** Left, right, above, below as letters of the patient: R, L, A, P, S, I. */
export function sidesOf(view: View, neurological: boolean): readonly [string, string, string, string] {
  const [left, right, above, below] = view.sides;
  return neurological && view.across === 0 ? [right, left, above, below] : [left, right, above, below];
}

/** Millimetres of a plane across and down. */
export function extentOf(preview: Preview, view: View): { readonly width: number; readonly height: number } {
  const plane = planeOf(view, preview.shape, preview.affine, () => 0);
  return { width: plane.columns * plane.columnSize, height: plane.rows * plane.rowSize };
}

/**
 * @param scale pixels a millimetre, the same in both directions: anisotropic voxels become oblong
 * @param line pixels that a contour is wide
 */
export function slicePixels(
  preview: Preview,
  { view, index, neurological }: SlicePlace,
  scale: number,
  line = 1,
): SlicePixels {
  const stored = planeOf(view, preview.shape, preview.affine, () => index);
  const plane = neurological && view.across === 0 ? mirrored(stored) : stored;
  const width = Math.max(1, Math.round(plane.columns * plane.columnSize * scale));
  const height = Math.max(1, Math.round(plane.rows * plane.rowSize * scale));
  const grey = new Uint8Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) grey[y * width + x] = meanGrey(preview.image, plane, width, height, x, y);
  return {
    width,
    height,
    grey,
    truth: borders(preview.truth, plane, width, height, line),
    predicted: borders(preview.predicted, plane, width, height, line),
  };
}

function mirrored(plane: Plane): Plane {
  return { ...plane, start: plane.start + (plane.columns - 1) * plane.across, across: -plane.across };
}

/** Samples of a pixel along each direction: several where it covers several voxels. */
function samplesOf(voxels: number, pixels: number): number {
  return Math.max(1, Math.min(4, Math.round(voxels / pixels)));
}

function meanGrey(image: Uint8Array, plane: Plane, width: number, height: number, x: number, y: number): number {
  const [across, down] = [samplesOf(plane.columns, width), samplesOf(plane.rows, height)];
  let sum = 0;
  for (let row = 0; row < down; row++)
    for (let column = 0; column < across; column++)
      sum += interpolate(image, plane, (x + (column + 0.5) / across) / width, (y + (row + 0.5) / down) / height);
  return Math.round(sum / (across * down));
}

/** Pixels of a class within `line` pixels of another class. */
function borders(labels: Uint8Array, plane: Plane, width: number, height: number, line: number): Uint8Array {
  const classes = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * plane.rows) / height);
    for (let x = 0; x < width; x++) {
      const column = Math.floor(((x + 0.5) * plane.columns) / width);
      classes[y * width + x] = labels[plane.start + column * plane.across + row * plane.down] ?? 0;
    }
  }
  const at = (x: number, y: number) =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : (classes[y * width + x] ?? 0);
  return classes.map((label, pixel) => {
    if (label === 0) return 0;
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    const isInside =
      at(x - line, y) === label && at(x + line, y) === label && at(x, y - line) === label && at(x, y + line) === label;
    return isInside ? 0 : label;
  });
}
