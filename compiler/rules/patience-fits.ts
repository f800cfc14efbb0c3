import { rule } from './rule.ts';
import { isTrial } from './trial.ts';

const PATH = 'schedule.earlyStop';

/** Patience that can run out, and that outlasts the pause between two validations. */
export const patienceFits = rule(
  ['schedule.epochs', PATH, 'schedule.validateEveryEpochs'],
  ({ schedule }, { report, spanOf }, experiment) => {
    const { epochs, earlyStop, validate } = schedule;
    if (earlyStop === null) return;
    const { epochs: patience, metric } = earlyStop;
    if (patience >= epochs && !isTrial(experiment, PATH)) {
      const related = [{ span: spanOf('schedule.epochs'), message: 'the schedule' }];
      const help = 'shorten the patience, or remove `early_stop`';
      report('EXP3052', PATH, { patience, epochs }, { related, help });
    } else if (patience < validate.value && metric.startsWith('val.')) {
      const related = [{ span: spanOf('schedule.validateEveryEpochs'), message: 'the next validation' }];
      const help = `let it last for some validations, for example ${5 * validate.value} epochs`;
      report('EXP3053', PATH, { patience, every: validate.value }, { related, help });
    }
  },
);
