import { nearestNames } from '../dsl/edit-distance.ts';
import type { SourceFile, Span } from '../dsl/source.ts';
import { type Analysis, analyse, planUnder, resolveUnder } from './analyse.ts';
import type { BoundExperiment, BoundProfile } from './bind/bound.ts';
import type { Override } from './bind/override.ts';
import { type CompileOptions, chooseTarget } from './compile.ts';
import { camelCase, snakeCase } from './fields/case.ts';
import { fieldAt, fieldPlaces } from './fields/field-places.ts';
import { writeDefault } from './fields/write-value.ts';
import { planOrigin } from './plan/build.ts';
import { type PlanValue, planValues } from './plan/plan-values.ts';
import type { Origin, Plan } from './plan/schema.ts';
import type { ValueOrigin } from './resolve/resolve-table.ts';

/** What a layer says of a value; the last one stands. */
export interface ValueLayer {
  readonly origin: Origin;
  /** As written; null for a default that is no value, and for what the planner chose. */
  readonly text: string | null;
}

export type ValueExplanation =
  | {
      readonly kind: 'value';
      /** As the plan names it. */
      readonly path: string;
      readonly text: string;
      /** What the field is for; null for what no field states, such as the graph's facts. */
      readonly doc: string | null;
      /** Every layer that touched it, from the default to the planner. */
      readonly layers: readonly ValueLayer[];
    }
  /** A block: its values, each with its last origin. */
  | { readonly kind: 'block'; readonly values: readonly PlanValue[] }
  /** No such value; the nearest that there are. */
  | { readonly kind: 'unknown'; readonly nearest: readonly string[] };

/**
 * Follows one value of a plan through the layers that touched it: default, base experiments, experiment, profile, each
 * `--set`, planner.
 *
 * @param path as the plan or as the file names it
 * @returns null where there is no plan
 */
export function explainValue(source: SourceFile, options: CompileOptions, path: string): ValueExplanation | null {
  const analysis = analyse(source, options.set, options);
  const target = chooseTarget(analysis, options);
  const planFile = target === null ? null : planUnder(analysis, target.experiment, target.profile);
  if (target === null || planFile === null) return null;
  const values = planValues(planFile);
  const asked = path.split('.').map(snakeCase).join('.');
  const place = fieldAt(asked, variantsOf(planFile.plan));
  const planned = place?.planned ?? asked;
  const value = values.find((each) => each.path === planned);
  if (value === undefined) {
    const within = values.filter((each) => each.path.startsWith(`${planned}.`));
    return within.length > 0
      ? { kind: 'block', values: within }
      : { kind: 'unknown', nearest: nearestPaths(asked, values) };
  }
  const layers = writtenLayers(analysis, target.experiment, target.profile, planned);
  const text = place === undefined ? null : writeDefault(place.field);
  const byDefault: ValueLayer[] =
    place?.field.presence.kind === 'default'
      ? [{ origin: { kind: 'default', reason: place.field.presence.reason }, text }]
      : [];
  return {
    kind: 'value',
    path: planned,
    text: value.text,
    doc: place?.field.doc ?? null,
    layers: [...byDefault, ...layers, ...lastLayer(value.origin, byDefault.length + layers.length)],
  };
}

/** What the planner chose, and what follows from other values: no layer of the file says it. */
function lastLayer(origin: Origin | null, before: number): readonly ValueLayer[] {
  if (origin === null || (origin.kind !== 'planner' && before > 0)) return [];
  return [{ origin, text: null }];
}

/** The models, layouts and calls that a plan chose. */
function variantsOf({ model, dataset, loss, optimizer, schedule, sampling, inference }: Plan): ReadonlySet<string> {
  const calls = [loss, optimizer, schedule.lrSchedule, sampling, inference, dataset.intensity];
  return new Set([model.name, dataset.source.layout, ...calls.map(({ kind }) => kind)]);
}

interface Stage {
  readonly experiment: BoundExperiment;
  readonly profile: BoundProfile | null;
  readonly set: readonly Override[];
}

/** Resolves with one layer more at a time, and keeps the layers that change where the value comes from. */
function writtenLayers(
  analysis: Analysis,
  experiment: BoundExperiment,
  profile: BoundProfile | null,
  planned: string,
): readonly ValueLayer[] {
  const path = planned.split('.').map(camelCase).join('.');
  const { overrides, bound } = analysis;
  const bases: BoundExperiment[] = [];
  for (let each: BoundExperiment | undefined = experiment; each !== undefined && !bases.includes(each); ) {
    bases.unshift(each);
    each = each.base === null ? undefined : bound.experiments.get(each.base);
  }
  const stages: readonly Stage[] = [
    ...bases.map((base) => ({ experiment: base, profile: null, set: [] })),
    { experiment, profile, set: [] },
    ...overrides.map((_, index) => ({ experiment, profile, set: overrides.slice(0, index + 1) })),
  ];
  const layers: ValueLayer[] = [];
  let before: Span | null = null;
  for (const stage of stages) {
    const resolved = resolveUnder({ ...analysis, diagnostics: [] }, stage.experiment, stage.profile, stage.set);
    const origin = resolved === null ? null : nearestOrigin(resolved.origins, path);
    if (origin?.kind !== 'written') continue;
    const { span } = origin.written;
    if (span.file === before?.file && span.start === before.start) continue;
    before = span;
    layers.push({ origin: planOrigin(origin), text: span.file.text.slice(span.start, span.end) });
  }
  return layers;
}

/** The origin of the value itself, or that of the value it is a part of. */
function nearestOrigin(origins: ReadonlyMap<string, ValueOrigin>, path: string): ValueOrigin | null {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const origin = origins.get(at);
    if (origin !== undefined) return origin;
  }
  return null;
}

const MOST_SUGGESTED = 3;

/** As a file names them or as the plan does; by the whole path, or else by its last word. */
function nearestPaths(path: string, values: readonly PlanValue[]): readonly string[] {
  const planned = new Set(values.map((value) => value.path));
  const written = fieldPlaces().filter((place) => planned.has(place.planned));
  const all = [...new Set([...written.map((place) => place.written), ...planned])];
  const near = nearestNames(path, all, MOST_SUGGESTED);
  if (near.length > 0) return near;
  const lastWord = (dotted: string) => dotted.slice(dotted.lastIndexOf('.') + 1);
  const words = new Set(nearestNames(lastWord(path), new Set(all.map(lastWord)), MOST_SUGGESTED));
  return all.filter((name) => words.has(lastWord(name))).slice(0, MOST_SUGGESTED);
}
