import { rule } from './rule.ts';

export const augmentationHappens = rule(['augment'], ({ augment }, { report }) => {
  for (const [index, { kind, probability }] of augment.entries()) {
    if (probability > 0) continue;
    const help = 'give it a probability, for example 50%, or remove the line';
    report('EXP3008', `augment.${index}.probability`, { name: kind }, { help });
  }
});
