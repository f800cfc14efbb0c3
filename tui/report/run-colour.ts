/** Colours that the style sheet has for runs; further runs take them again, dashed. */
const COLOURS = 8;
const DASHES = ['none', '7 4', '2 4', '10 3 2 3'] as const;

export function hueOf(index: number): string {
  return `--hue: var(--run-${index % COLOURS})`;
}

export function dashOf(index: number): string {
  return DASHES[Math.floor(index / COLOURS) % DASHES.length] ?? 'none';
}
