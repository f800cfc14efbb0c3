/** Number formats of convolutions, as experiments and commands name them. */
export const PRECISIONS = ['float32', 'mixed'] as const;

export type Precision = (typeof PRECISIONS)[number];
