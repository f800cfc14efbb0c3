import { rule } from './rule.ts';

/** Smaller volumes are padded with zeros (MONAI SpatialPad), which serves a little. Where the file itself gives their size: */
export const patchFitsVolume = rule(['patch', 'dataset'], ({ patch, dataset }, { report, spanOf }) => {
  if (dataset.kind !== 'phantom' || dataset.settings.spacing !== null) return;
  const { size } = dataset.arguments;
  const share = patch.reduce((inside, side) => inside * Math.min(1, size / side), 1);
  // Half of a patch may well be air.
  if (share >= 0.5) return;
  report(
    'EXP3016',
    'patch',
    { size: patch.join('x'), volume: `${size}x${size}x${size}`, percent: Math.round((1 - share) * 100) },
    {
      related: [{ span: spanOf('dataset'), message: 'the volumes' }],
      help: 'make the patch smaller, or the volumes larger',
    },
  );
});
