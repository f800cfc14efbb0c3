import { rule } from './rule.ts';

/** Lists that are sets name nothing twice. */

function repeated<T>(items: readonly T[]): T | undefined {
  return items.find((item, index) => items.indexOf(item) !== index);
}

export const metricsOnce = rule(['metrics'], ({ metrics }, { report }) => {
  const value = repeated(metrics.map(({ kind }) => kind));
  if (value !== undefined) report('EXP3007', 'metrics', { field: 'metrics', value }, { help: `keep one \`${value}\`` });
});

export const foregroundOnce = rule(['dataset.foreground'], ({ dataset }, { report }) => {
  const value = repeated(dataset.settings.foreground ?? []);
  if (value !== undefined)
    report('EXP3007', 'dataset.foreground', { field: 'foreground', value }, { help: `keep one \`${value}\`` });
});

export const flipsOnce = rule(['inference.flips'], ({ inference }, { report }) => {
  const value = repeated(inference.flips ?? []);
  if (value !== undefined)
    report('EXP3007', 'inference.flips', { field: 'flips', value }, { help: `keep one \`${value}\`` });
});

export const axesOnce = rule(['augment'], ({ augment }, { report }) => {
  for (const [index, call] of augment.entries()) {
    const field = call.kind === 'flip' ? 'axes' : 'planes';
    const items: readonly string[] = call.kind === 'flip' ? call.axes : call.kind === 'rotate90' ? call.planes : [];
    const value = repeated(items);
    if (value !== undefined)
      report('EXP3007', `augment.${index}.${field}`, { field, value }, { help: `keep one \`${value}\`` });
  }
});
