import type { ExperimentValues } from '../fields/experiment.ts';
import { planModel } from '../plan/model.ts';
import { rule } from './rule.ts';

/** Settings that name classes, or hold a value for each, fit the classes that the model separates. */

function foregroundClasses(values: Pick<ExperimentValues, 'model' | 'dataset'>): number {
  return planModel(values).outChannels - 1;
}

const CLASSES = ['model.outChannels', 'model.name', 'dataset.foreground'] as const;

export const tolerancesAgree = rule(['metrics', ...CLASSES], (values, { report }) => {
  const surfaceDice = values.metrics.find((metric) => metric.kind === 'surface_dice');
  const [count, classes] = [surfaceDice?.tolerance.length ?? 1, foregroundClasses(values)];
  if (count !== 1 && count !== classes) report('EXP3027', 'metrics', { count, classes });
});

export const postprocessedClasses = rule(['postprocess', ...CLASSES], (values, { report }) => {
  const last = foregroundClasses(values);
  for (const [index, { classes }] of values.postprocess.entries()) {
    const label = classes?.find((candidate) => candidate > last);
    if (label !== undefined) report('EXP3028', `postprocess.${index}.classes`, { label, last });
  }
});
