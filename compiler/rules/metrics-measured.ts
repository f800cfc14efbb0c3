import type { DiagnosticOptions } from '../../dsl/diagnostic.ts';
import { nearestName } from '../../dsl/edit-distance.ts';
import { type Span, spanText } from '../../dsl/source.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
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

/** @param at where the metric is named; null where that is not known */
function helpFor(metric: string, candidates: readonly string[], at: Span | null): DiagnosticOptions {
  const { set, measure } = metricParts(metric);
  if (set === 'test' && candidates.includes(`val.${measure}`)) {
    return { help: 'a test metric needs test subjects: `split: 70% / 15% / 15%`' };
  }
  if ((set === 'val' || set === 'test') && isMetricName(measure)) return { help: `add \`${measure}\` to \`metrics\`` };
  const near = nearestName(metric, candidates);
  if (near === null) return { help: `there is ${quotedList(candidates, 'and')}` };
  return at === null ? { help: `did you mean \`${near}\`?` } : didYouMean(near, at);
}

function checkWatched(
  path: string,
  metric: string | undefined,
  metrics: ExperimentValues['metrics'],
  { report, spanOf }: RuleContext,
): void {
  const candidates = watchable(metrics);
  if (metric === undefined || candidates.includes(metric)) return;
  const value = spanOf(path);
  // A phrase ends with its metric: `patience 20 epochs on val.dice`.
  const at = spanText(value).endsWith(metric) ? { ...value, start: value.end - metric.length } : null;
  report('EXP3023', path, { metric }, helpFor(metric, candidates, at));
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
      report('EXP3024', metricSpan, { metric }, helpFor(metric, candidates, metricSpan));
    } else if (isMetricName(measure) && METRICS[measure].unitInterval && (value < 0 || value > 1)) {
      report('EXP3025', span, { metric, operator, value }, value > 1 && value <= 100 ? percentFix(span, value) : {});
    }
  }
});

/** An expectation ends with its value; where that is a parameter, the fix is elsewhere. */
function percentFix(span: Span, value: number): DiagnosticOptions {
  const number = /[\d.]+$/.exec(spanText(span))?.[0] ?? '';
  if (number === '') return { help: `did you mean \`${value}%\`?` };
  return didYouMean(`${number}%`, { ...span, start: span.end - number.length });
}

export const testIsThere = rule(['predict', 'dataset.split'], ({ predict, dataset }, { report }) => {
  const predictsTest = predict === 'test' || predict === 'validation_and_test';
  if (predictsTest && dataset.settings.split.test === 0) {
    report('EXP3026', 'predict', {}, { help: 'give the test set a share: `split: 70% / 15% / 15%`' });
  }
});
