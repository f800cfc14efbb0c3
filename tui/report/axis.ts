import { axisLabels, type Extent, niceExtent, niceStep } from '../plot/scale.ts';

/** A scale from values to places on a page. */
export interface Axis {
  readonly extent: Extent;
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
  /** In units of the drawing, to a tenth. */
  readonly at: (value: number) => number;
}

/** Rounded outward to whole ticks. @param from and @param to where the least and the greatest value lie */
export function axisOf(values: Extent, from: number, to: number, wanted = 5): Axis {
  return tightAxis(values.max > values.min ? niceExtent(values) : values, from, to, wanted);
}

/** From the least value to the greatest. */
export function tightAxis(values: Extent, from: number, to: number, wanted: number): Axis {
  const extent = values.max > values.min ? values : { min: values.min - 0.5, max: values.max + 0.5 };
  const step = niceStep((extent.max - extent.min) / wanted);
  const first = Math.ceil(extent.min / step - 1e-9);
  const count = Math.floor(extent.max / step + 1e-9) - first + 1;
  const marks = Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(12)));
  const labels = axisLabels(marks);
  return {
    extent,
    ticks: marks.map((value, index) => ({ value, label: labels[index] ?? String(value) })),
    at: (value) => tenths(from + ((value - extent.min) / (extent.max - extent.min)) * (to - from)),
  };
}

export function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
