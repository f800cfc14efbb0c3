/** A series that never grows beyond some hundred points: a screen has no more columns, and a run may take a million steps. */

export interface CurvePoint {
  /** Of the last value in the point. */
  readonly step: number;
  /** The mean of the values in the point. */
  readonly value: number;
  readonly count: number;
}

export interface Curve {
  readonly points: readonly CurvePoint[];
  /** How many values make a full point. */
  readonly bucket: number;
}

const MAX_POINTS = 512;

export const EMPTY_CURVE: Curve = { points: [], bucket: 1 };

/** The curve with one more value; neighbours are averaged in pairs whenever it gets too long. */
export function extendCurve(curve: Curve, step: number, value: number): Curve {
  const last = curve.points.at(-1);
  if (last !== undefined && last.count < curve.bucket)
    return { ...curve, points: curve.points.with(-1, merge(last, { step, value, count: 1 })) };
  const points = [...curve.points, { step, value, count: 1 }];
  return points.length <= MAX_POINTS ? { ...curve, points } : { points: halve(points), bucket: curve.bucket * 2 };
}

/** The curve up to a step: what came later is done again by a resumed run. */
export function rewindCurve(curve: Curve, step: number): Curve {
  return { ...curve, points: curve.points.filter((point) => point.step <= step) };
}

function halve(points: readonly CurvePoint[]): readonly CurvePoint[] {
  const halved: CurvePoint[] = [];
  for (let index = 0; index < points.length; index += 2) {
    const [first, second] = [points[index], points[index + 1]];
    if (first !== undefined) halved.push(second === undefined ? first : merge(first, second));
  }
  return halved;
}

function merge(a: CurvePoint, b: CurvePoint): CurvePoint {
  const count = a.count + b.count;
  return { step: b.step, value: (a.value * a.count + b.value * b.count) / count, count };
}
