export interface Extent {
  readonly min: number;
  readonly max: number;
}

/** The smallest extent that holds all values; a single value gets room on both sides, and zero above it only: counts know no less. */
export function extentOf(values: readonly number[]): Extent {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  if (min > max) return { min: 0, max: 1 };
  if (min === max) {
    if (min === 0) return { min: 0, max: 1 };
    const room = Math.abs(min) * 0.1;
    return { min: min - room, max: max + room };
  }
  return { min, max };
}

/** Widens an extent to round numbers, so that its labels stay short and the axis does not jump at each new value. */
export function niceExtent(extent: Extent): Extent {
  const step = niceStep((extent.max - extent.min) / 4);
  // Half a thousandth of a step: 0.30000000000000004 / 0.1 must not round up to 4.
  const slack = 5e-4;
  return {
    min: round(Math.floor(extent.min / step + slack) * step),
    max: round(Math.ceil(extent.max / step - slack) * step),
  };
}

/** 1, 2 or 5 times a power of ten, at least `raw`. */
export function niceStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = raw / power;
  return (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10) * power;
}

/** Labels of one axis with the same number of decimals, as few as tell the values apart. */
export function axisLabels(values: readonly number[]): string[] {
  const gaps = values.slice(1).map((value, index) => Math.abs(value - (values[index] ?? 0)));
  const smallest = Math.min(...gaps.filter((gap) => gap > 0), 1);
  const decimals = Math.min(6, Math.max(0, Math.ceil(-Math.log10(smallest) - 1e-9)));
  const labels = values.map((value) => value.toFixed(decimals));
  const exact = values.every((value, index) => Math.abs(Number(labels[index]) - value) < smallest * 0.05);
  return exact ? labels : values.map((value) => value.toFixed(Math.min(6, decimals + 1)));
}

function round(value: number): number {
  return Number(value.toPrecision(12));
}
