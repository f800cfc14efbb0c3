import { rule } from './rule.ts';

/** MONAI's and nnU-Net's windows share a quarter to a half; beyond this, time is spent for nothing that was ever shown. */
const MOST_USEFUL = 0.75;
const USUAL = 0.5;

export const overlapPays = rule(['inference.overlap'], ({ inference }, { report }) => {
  const { overlap } = inference;
  if (overlap <= MOST_USEFUL) return;
  // Along each axis there is one window for each (1 − overlap) of its size.
  const factor = Math.round(((1 - USUAL) / (1 - overlap)) ** 3);
  const percent = Math.round(overlap * 1000) / 10;
  report('EXP3031', 'inference.overlap', { percent, factor }, { help: 'for example `overlap: 50%`' });
});
