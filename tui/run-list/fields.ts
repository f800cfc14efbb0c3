import { nearestName } from '../../dsl/edit-distance.ts';
import { UsageError } from '../failures.ts';
import { formatDate } from '../format/quantities.ts';
import { directionOf } from '../metric-direction.ts';
import type { RunWithSettings } from './listed-run.ts';
import { type Condition, type FieldValue, holds } from './where.ts';

/** What can be asked of a run by name: facts of the list, metrics, and every setting of its plan. */

const FACTS: Readonly<Record<string, (run: RunWithSettings['run']) => FieldValue>> = {
  id: ({ id }) => id,
  experiment: ({ experiment }) => experiment,
  profile: ({ profile }) => profile,
  model: ({ model }) => model,
  status: ({ status }) => status,
  epoch: ({ epoch }) => epoch,
  step: ({ step }) => step,
  seconds: ({ seconds }) => seconds,
  best: ({ best }) => best?.value ?? null,
  /** `2026-11-24 17:33`: as text its order is that of time, and `created>2026-11-01` works. */
  created: ({ createdAt }) => formatDate(createdAt),
  group: ({ group }) => group,
  kind: ({ kind }) => kind,
  pinned: ({ pinned }) => String(pinned),
};

export function fieldOf({ run, settings }: RunWithSettings, name: string): FieldValue {
  const fact = FACTS[name];
  if (fact !== undefined) return fact(run);
  return run.metrics[name] ?? settings.get(name) ?? null;
}

/** @throws UsageError for a name that no run has */
export function matching(
  runs: readonly RunWithSettings[],
  conditions: readonly Condition[],
): readonly RunWithSettings[] {
  for (const { field } of conditions) requireKnown(runs, field, '--where');
  return runs.filter((run) => conditions.every((condition) => holds(condition, fieldOf(run, condition.field))));
}

/** The best first for a metric, the smallest first for everything else; runs without the field last. @throws UsageError */
export function sorted(runs: readonly RunWithSettings[], field: string): readonly RunWithSettings[] {
  requireKnown(runs, field, '--sort');
  const isMetric = field === 'best' || runs.some(({ run }) => run.metrics[field] !== undefined);
  const metric = field === 'best' ? (runs.find(({ run }) => run.best !== null)?.run.best?.metric ?? '') : field;
  const sign = isMetric && directionOf(metric) === 'max' ? -1 : 1;
  return runs.toSorted((a, b) => {
    const [x, y] = [fieldOf(a, field), fieldOf(b, field)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * compareFields(x, y);
  });
}

function compareFields(a: number | string, b: number | string): number {
  const [x, y] = [Number(a), Number(b)];
  if (Number.isFinite(x) && Number.isFinite(y)) return x - y;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

function requireKnown(runs: readonly RunWithSettings[], field: string, option: string): void {
  if (runs.length === 0 || FACTS[field] !== undefined) return;
  const names = new Set(Object.keys(FACTS));
  for (const { run, settings } of runs)
    for (const name of [...Object.keys(run.metrics), ...settings.keys()]) names.add(name);
  if (names.has(field)) return;
  const nearest = nearestName(field, [...names]);
  const metrics = [...new Set(runs.flatMap(({ run }) => Object.keys(run.metrics)))].sort().join(', ');
  const help =
    nearest === null
      ? `there are ${Object.keys(FACTS).join(', ')}, metrics (${metrics}) and the settings of plans`
      : `did you mean ${nearest}?`;
  throw new UsageError(`${option}: no run has \`${field}\``, help);
}

/** Whether a name is in the list anyway, and needs no column of its own. */
export function isShownAnyway(name: string): boolean {
  return FACTS[name] !== undefined;
}
