import { rule } from './rule.ts';

export const warmupFits = rule(['schedule.epochs', 'schedule.lrSchedule'], ({ schedule }, { report, spanOf }) => {
  const { epochs, lrSchedule } = schedule;
  if (lrSchedule.kind !== 'warmup_cosine' || lrSchedule.warmup.unit !== 'epochs') return;
  const warmup = lrSchedule.warmup.value;
  if (warmup > 0 && warmup >= epochs) {
    report(
      'EXP3021',
      'schedule.lrSchedule.warmup',
      { warmup, epochs },
      {
        related: [{ span: spanOf('schedule.epochs'), message: 'the schedule' }],
        help: 'the learning rate never reaches its full value',
      },
    );
  }
});

export const validationHappens = rule(
  ['schedule.epochs', 'schedule.validateEveryEpochs'],
  ({ schedule }, { report }) => {
    const { epochs, validate } = schedule;
    if (validate.value > epochs) {
      report('EXP3022', 'schedule.validateEveryEpochs', { every: validate.value, epochs });
    }
  },
);
