import { rule } from './rule.ts';

/** MONAI: `feature_size` is a multiple of 12, and stage s has feature_size · 2^s channels for its heads. */
export const swinWidth = rule(['model.name', 'model.featureSize', 'model.numHeads'], ({ model }, { report }) => {
  if (model.kind !== 'SwinUNETR') return;
  const { featureSize: size, numHeads } = model.settings;
  if (size % 12 !== 0) {
    const below = Math.max(12, size - (size % 12));
    const near = size % 12 === 0 || below === size ? `${below}` : `${below} and ${size - (size % 12) + 12}`;
    report(
      'EXP3011',
      'model.featureSize',
      { size },
      {
        label: `${size} is not a multiple of 12`,
        help: `the nearest sizes are ${near}`,
      },
    );
    return;
  }
  for (const [stage, heads] of numHeads.entries()) {
    const width = size * 2 ** stage;
    if (width % heads !== 0) {
      report(
        'EXP3011',
        'model.numHeads',
        { size },
        {
          label: `stage ${stage + 1} has ${width} channels, which ${heads} heads cannot share`,
        },
      );
      return;
    }
  }
});
