import { rule } from './rule.ts';

export const segResNetShape = rule(
  ['model.name', 'model.initFilters', 'model.normGroups', 'model.blocksDown', 'model.blocksUp'],
  ({ model }, { report }) => {
    if (model.kind !== 'SegResNet') return;
    const { initFilters, normGroups, blocksDown, blocksUp } = model.settings;
    if (initFilters % normGroups !== 0) {
      report(
        'EXP3013',
        'model.initFilters',
        { filters: initFilters, groups: normGroups },
        {
          help: `a multiple of ${normGroups}, for example ${Math.ceil(initFilters / normGroups) * normGroups}`,
        },
      );
    }
    const needed = blocksDown.length - 1;
    if (blocksUp.length !== needed) {
      const counts = { other: 'blocks_down', otherCount: blocksDown.length, needed };
      report('EXP3014', 'model.blocksUp', { field: 'blocks_up', count: blocksUp.length, ...counts });
    }
  },
);
