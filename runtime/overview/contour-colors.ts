/** Of classes 1, 2, …; cold colours for the truth, warm ones for the prediction. Red, green, blue, 0 to 255. */

export const TRUTH_COLORS = [
  [64, 224, 208],
  [90, 160, 255],
  [120, 230, 110],
  [170, 140, 255],
] as const;

export const PREDICTED_COLORS = [
  [255, 140, 40],
  [255, 80, 150],
  [255, 214, 60],
  [255, 110, 90],
] as const;
