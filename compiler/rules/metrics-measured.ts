import { nearestName } from '../../dsl/edit-distance.ts';
import type { ExperimentValues } from '../fields/experiment.ts';
import { isMetricName, METRICS, metricParts } from '../fields/metrics.ts';
import { quotedList } from '../names.ts';
import { type RuleContext, rule } from './rule.ts';

/** What the run measures while it trains. */
export function watchable(metrics: ExperimentValues['metrics']): readonly string[] {
  return [...metrics.map((metric) => `val.${metric}`), 'train.loss'];
}

/** What is known when the run has ended. */
export function known({
  metrics,
  predict,
  dataset,
}: Pick<ExperimentValues, 'metrics' | 'predict' | 'dataset'>): readonly string[] {
  const tests = predictsTest(predict) && dataset.settings.split.test > 0;
  return [...watchable(metrics), ...(tests ? metrics.map((metric) => `test.${metric}`) : [])];
}

function predictsTest(predict: ExperimentValues['predict']): boolean {
  return predict === 'test' || predict === 'validation_and_test';
}

function helpFor(metric: string, candidates: readonly string[]): string {
  const { set, measure } = metricParts(metric);
  if (set === 'test' && isMetricName(measure))
    return 'test metrics need a test set, and `predict: test` or `validation_and_test`';
  if (set === 'val' && isMetricName(measure)) return `add \`${measure}\` to \`metrics\``;
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

export const expectedMetrics = rule(['metrics', 'predict', 'dataset.split'], (values, { report }, { expectations }) => {
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
  if (predictsTest(predict) && dataset.settings.split.test === 0) report('EXP3026', 'predict', {});
});
