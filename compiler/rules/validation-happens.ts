import { rule } from './rule.ts';
import { isTrial } from './trial.ts';

const PATH = 'schedule.validateEveryEpochs';

export const validationHappens = rule(['schedule.epochs', PATH], ({ schedule }, { report }, experiment) => {
  const { epochs, validate } = schedule;
  if (validate.value <= epochs || isTrial(experiment, PATH)) return;
  const often = Math.max(1, Math.round(epochs / 10));
  const help = `for example \`validate: every ${often} ${often === 1 ? 'epoch' : 'epochs'}\``;
  report('EXP3022', PATH, { every: validate.value, epochs }, { help });
});
