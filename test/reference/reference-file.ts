import { readFileSync } from 'node:fs';
import { decodeSafetensors } from '../../runtime/checkpoints/safetensors.ts';

/** What a script of the reference Python left in a safetensors file. */
export interface ReferenceFile {
  /** Names and shapes of the floats, in the file's order. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly floats: (name: string) => Float32Array;
  readonly integers: (name: string) => Int32Array;
}

export function readReference(path: string): ReferenceFile {
  const { tensors } = decodeSafetensors(readFileSync(path));

  function tensorOf(name: string) {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new Error(`the reference has no ${name}`);
    return tensor;
  }

  return {
    shapes: new Map([...tensors].flatMap(([name, { dtype, shape }]) => (dtype === 'F32' ? [[name, shape]] : []))),
    floats: (name) => {
      const tensor = tensorOf(name);
      if (tensor.dtype !== 'F32') throw new Error(`${name} of the reference is ${tensor.dtype}`);
      return tensor.data;
    },
    integers: (name) => {
      const tensor = tensorOf(name);
      if (tensor.dtype !== 'I64') throw new Error(`${name} of the reference is ${tensor.dtype}`);
      return Int32Array.from(tensor.data, Number);
    },
  };
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let index = 0; index < a.length; index++) {
    const difference = Math.abs((a[index] ?? Number.NaN) - (b[index] ?? Number.NaN));
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

export function norm(vector: Float32Array): number {
  return Math.sqrt(vector.reduce((sum, element) => sum + element * element, 0));
}

/** ‖a − b‖ / ‖b‖ */
export function relativeDifference(a: Float32Array, b: Float32Array): number {
  return norm(a.map((element, index) => element - (b[index] ?? Number.NaN))) / norm(b);
}
