import { InvalidArgumentError } from 'commander';

/** An option's value as a whole number from 1. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}

/** An option's value as a whole number from 0. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || text.trim() === '')
    throw new InvalidArgumentError('It must be a whole number.');
  return value;
}

/** An option's value as three sides, `96x96x64`. */
export function voxels(text: string): [number, number, number] {
  const [, x, y, z] = /^(\d+)[x×](\d+)[x×](\d+)$/.exec(text) ?? [];
  if (x === undefined || y === undefined || z === undefined) {
    throw new InvalidArgumentError('It must be three sides, as 96x96x64.');
  }
  return [positiveInteger(x), positiveInteger(y), positiveInteger(z)];
}
