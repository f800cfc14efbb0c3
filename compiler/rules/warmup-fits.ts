import type { ExperimentValues } from '../fields/experiment.ts';
import { partCounts, stepsPerEpoch } from '../plan/counts.ts';
import { rule } from './rule.ts';
import { mostSubjects } from './subjects.ts';
import { isTrial } from './trial.ts';

/** The most optimizer steps of a run, where the number of subjects is known: with the smallest batch. */
function mostSteps({
  dataset,
  schedule,
  sampling,
  batchSize,
}: Pick<ExperimentValues, 'dataset' | 'schedule' | 'sampling' | 'batchSize'>): number | null {
  const subjects = mostSubjects(dataset);
  if (subjects === null) return null;
  const { train } = partCounts(subjects, { split: dataset.settings.split, fold: null });
  return schedule.epochs * stepsPerEpoch(train, sampling, batchSize.from);
}

export const warmupFits = rule(
  ['schedule.epochs', 'schedule.lrSchedule', 'dataset', 'sampling', 'batchSize'],
  (values, { report, spanOf }, experiment) => {
    const { epochs, lrSchedule } = values.schedule;
    if (lrSchedule.kind !== 'warmup_cosine' || isTrial(experiment, 'schedule.lrSchedule')) return;
    const { value: warmup, unit } = lrSchedule.warmup;
    const length = unit === 'epochs' ? epochs : mostSteps(values);
    if (warmup === 0 || length === null || warmup < length) return;
    report(
      'EXP3021',
      'schedule.lrSchedule.warmup',
      { warmup, length, unit },
      {
        related: [{ span: spanOf('schedule.epochs'), message: 'the schedule' }],
        help: `the learning rate never reaches its full value; warm up for a tenth of the schedule, say ${Math.max(1, Math.round(length / 10))} ${unit}`,
      },
    );
  },
);
