import { rule } from './rule.ts';
import { isTrial } from './trial.ts';

const PATH = 'schedule.checkpointEvery';

export const checkpointHappens = rule(['schedule.epochs', PATH], ({ schedule }, { report }, experiment) => {
  const { epochs, checkpoint } = schedule;
  if (checkpoint.unit !== 'epochs' || checkpoint.value <= epochs || isTrial(experiment, PATH)) return;
  const help = 'a run that is interrupted loses all its work; for example `checkpoint: every 1 epoch`';
  report('EXP3051', PATH, { every: checkpoint.value, epochs }, { help });
});
