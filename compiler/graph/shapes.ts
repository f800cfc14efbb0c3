import { GraphError } from './errors.ts';
import type { DType, Shape, TensorType } from './types.ts';

/** Arithmetic on shapes. */

export const BYTES_PER_ELEMENT: Readonly<Record<DType, number>> = { float32: 4, int32: 4, bfloat16: 2 };

export function elementCount(shape: Shape): number {
  let count = 1;
  for (const size of shape) count *= size;
  return count;
}

export function byteCount(type: TensorType): number {
  return elementCount(type.shape) * BYTES_PER_ELEMENT[type.dtype];
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** `2×96×96×96×24`; a scalar is `scalar`. */
export function formatShape(shape: Shape): string {
  return shape.length === 0 ? 'scalar' : shape.join('×');
}

/** The size of one axis. */
export function sizeAt(shape: Shape, axis: number): number {
  const size = shape[axis];
  if (size === undefined) throw new GraphError(`${formatShape(shape)} has no axis ${axis}`);
  return size;
}

/** NumPy's rule: shapes are aligned at their last axis, and sizes are equal or 1. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const sizeA = a[axis - rank + a.length] ?? 1;
    const sizeB = b[axis - rank + b.length] ?? 1;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) {
      throw new GraphError(`${formatShape(a)} and ${formatShape(b)} do not broadcast`);
    }
    return sizeA === 1 ? sizeB : sizeA;
  });
}

/** The axes of `result` along which a tensor of `shape` was repeated to get there. */
export function broadcastAxes(shape: Shape, result: Shape): readonly number[] {
  const missing = result.length - shape.length;
  return result.flatMap((size, axis) => (axis < missing || (shape[axis - missing] === 1 && size !== 1) ? [axis] : []));
}

/** Row-major distance between neighbours along each axis, in elements. */
export function stridesOf(shape: Shape): readonly number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = sizeAt(strides, axis + 1) * sizeAt(shape, axis + 1);
  }
  return strides;
}
