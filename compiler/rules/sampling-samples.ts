import { rule } from './rule.ts';

export const samplingSamples = rule(['sampling'], ({ sampling }, { report }) => {
  if (sampling.kind === 'balanced' && sampling.positive === 0 && sampling.negative === 0) {
    report('EXP3005', 'sampling', {}, { help: 'for example `balanced(positive: 1, negative: 1)`' });
  }
});
