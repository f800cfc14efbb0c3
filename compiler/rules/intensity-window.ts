import { rule } from './rule.ts';

/** Both windows of an intensity mapping run upwards. */
export const intensityWindow = rule(['dataset.intensity'], ({ dataset }, { report }) => {
  const { intensity } = dataset.settings;
  if (intensity.kind !== 'range' && intensity.kind !== 'percentiles') return;
  const input = intensity.kind === 'range' ? [intensity.from, intensity.to] : [intensity.lower, intensity.upper];
  for (const [from = 0, to = 0] of [input, [intensity.min, intensity.max]]) {
    if (from >= to) report('EXP3006', 'dataset.intensity', { from, to });
  }
});
