import { nearestName } from '../../dsl/edit-distance.ts';
import type { ExperimentValues } from '../fields/experiment.ts';
import { isMetricName, METRICS, metricParts } from '../fields/metrics.ts';
import { quotedList } from '../names.ts';
import { type RuleContext, rule } from './rule.ts';

/** What the run measures while it trains. */
export function watchable(metrics: ExperimentValues['metrics']): readonly string[] {
  return [...metrics.map(({ kind }) => `val.${kind}`), 'train.loss'];
}

/** What is known when the run has ended: the test subjects, where there are any, are measured by the best checkpoint. */
export function known({ metrics, dataset }: Pick<ExperimentValues, 'metrics' | 'dataset'>): readonly string[] {
  const hasTest = dataset.settings.split.test > 0;
  return [...watchable(metrics), ...(hasTest ? metrics.map(({ kind }) => `test.${kind}`) : [])];
}

function helpFor(metric: string, candidates: readonly string[]): string {
  const { set, measure } = metricParts(metric);
  if (set === 'test' && candidates.includes(`val.${measure}`)) {
    return 'a test metric needs test subjects: `split: 70% / 15% / 15%`';
  }
  if ((set === 'val' || set === 'test') && isMetricName(measure)) return `add \`${measure}\` to \`metrics\``;
  const near = nearestName(metric, candidates);
  return near === null ? `there is ${quotedList(candidates, 'and')}` : `did you mean \`${near}\`?`;
}

function checkWatched(
  path: string,
  metric: string | undefined,
  metrics: ExperimentValues['metrics'],
  { report }: RuleContext,
): void {
  const candidates = watchable(metrics);
  if (metric === undefined || candidates.includes(metric)) return;
  report('EXP3023', path, { metric }, { help: helpFor(metric, candidates) });
}

export const earlyStopMetric = rule(['metrics', 'schedule.earlyStop'], ({ metrics, schedule }, context) =>
  checkWatched('schedule.earlyStop', schedule.earlyStop?.metric, metrics, context),
);

export const keepBestMetric = rule(['metrics', 'schedule.keepBest'], ({ metrics, schedule }, context) =>
  checkWatched('schedule.keepBest', schedule.keepBest ?? undefined, metrics, context),
);

export const expectedMetrics = rule(['metrics', 'dataset.split'], (values, { report }, { expectations }) => {
  const candidates = known(values);
  for (const { metric, metricSpan, span, operator, value } of expectations) {
    const { measure } = metricParts(metric);
    if (!candidates.includes(metric)) {
      report('EXP3024', metricSpan, { metric }, { help: helpFor(metric, candidates) });
    } else if (isMetricName(measure) && METRICS[measure].unitInterval && (value < 0 || value > 1)) {
      report(
        'EXP3025',
        span,
        { metric, operator, value },
        {
          ...(value > 1 && value <= 100 ? { help: `did you mean \`${value}%\`?` } : {}),
        },
      );
    }
  }
});

export const testIsThere = rule(['predict', 'dataset.split'], ({ predict, dataset }, { report }) => {
  const predictsTest = predict === 'test' || predict === 'validation_and_test';
  if (predictsTest && dataset.settings.split.test === 0) report('EXP3026', 'predict', {});
});
