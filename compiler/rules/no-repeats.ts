import { rule } from './rule.ts';

function repeated<T>(items: readonly T[]): T | undefined {
  return items.find((item, index) => items.indexOf(item) !== index);
}

/** Lists that are sets name nothing twice. */
export const noRepeats = rule(
  ['metrics', 'augment', 'dataset.foreground'],
  ({ metrics, augment, dataset }, { report }) => {
    const check = (field: string, path: string, items: readonly (string | number)[]) => {
      const value = repeated(items);
      if (value !== undefined) report('EXP3007', path, { field, value });
    };
    check('metrics', 'metrics', metrics);
    check('foreground', 'dataset.foreground', dataset.settings.foreground ?? []);
    for (const [index, call] of augment.entries()) {
      if (call.kind === 'flip') check('axes', `augment.${index}.axes`, call.axes);
      if (call.kind === 'rotate90') check('planes', `augment.${index}.planes`, call.planes);
    }
  },
);
