/**
 * Merges the given label values into class 1, all others into 0.
 *
 * @param foreground null keeps the labels' own values
 */
export function mergeForeground(labels: Uint8Array, foreground: readonly number[] | null): Uint8Array {
  if (foreground === null) return labels;
  const table = new Uint8Array(256);
  for (const value of foreground) table[value] = 1;
  return labels.map((value) => table[value] ?? 0);
}

/** Offsets of all voxels that are not background. */
export function foregroundOffsets(labels: Uint8Array): Int32Array {
  let count = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] !== 0) count++;
  const offsets = new Int32Array(new SharedArrayBuffer(count * 4));
  let next = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] !== 0) offsets[next++] = i;
  return offsets;
}
