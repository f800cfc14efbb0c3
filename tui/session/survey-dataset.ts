import { dirname, join, resolve } from 'node:path';
import type { Plan, PlanDataSource } from '../../compiler/plan/schema.ts';
import type { CheckedDataset } from '../../runtime/data/check/finding.ts';
import { surveyCases } from '../../runtime/data/check/survey.ts';
import { namesIn } from '../../runtime/data/class-names.ts';
import { detectSource } from '../../runtime/data/layouts/detect.ts';
import { type ChosenDataset, searchCases } from '../../runtime/data/layouts/find-cases.ts';
import { splitCases } from '../../runtime/data/split.ts';
import { cacheRoot } from '../../runtime/engine/provision/cache.ts';
import { DataError } from '../../runtime/errors.ts';
import type { PlanOptions } from '../commands/options.ts';
import { compileSource } from '../compile-file.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../failures.ts';
import { plural } from '../format/quantities.ts';
import { writeFrames } from '../output/diagnostics.ts';
import { readSource } from '../source-files.ts';
import { progressLine } from '../terminal/progress-line.ts';

export interface SurveyOptions extends PlanOptions {
  readonly image?: string;
  readonly label?: string;
  readonly derivative?: string;
}

export interface SurveyedDataset extends CheckedDataset {
  readonly name: string;
  readonly root: string;
}

interface Target {
  readonly dataset: ChosenDataset;
  readonly baseDir: string;
  /** Null for a bare folder. */
  readonly plan: Plan | null;
}

/** Reads every case of a data set, one at a time, with a line on stderr that says how far it is. */
export async function surveyDataset(context: Context, path: string, options: SurveyOptions): Promise<SurveyedDataset> {
  const { dataset, baseDir, plan } = targetOf(context, path, options);
  const progress = progressLine(context);
  try {
    const { name, root, cases, missing, unused } = searchCases(dataset, {
      baseDir,
      cacheDir: join(cacheRoot(), 'data'),
      onProgress: ({ stage, done, total }) => progress.show(`${stage} ${done} of ${total}`),
    });
    const surveys = await surveyCases(cases, ({ id }, done) =>
      progress.show(`reading ${id}, ${done + 1} of ${plural(cases.length, 'case')}`),
    );
    const names = namesIn(root);
    return { name, root, surveys, missing, unused, ...expectations(plan, names), split: splitOf(plan, cases, root) };
  } finally {
    progress.clear();
  }
}

function targetOf(context: Context, path: string, options: SurveyOptions): Target {
  const absolute = resolve(context.cwd, path);
  if (!path.endsWith('.exp')) {
    const { image, label, derivative } = options;
    const source =
      image !== undefined && label !== undefined
        ? ({ layout: 'bids', root: absolute, image: kinds(image), label, derivative: derivative ?? null } as const)
        : detectSource(absolute);
    return { dataset: { source: named(source, options), exclude: [] }, baseDir: context.cwd, plan: null };
  }
  const { planFile, diagnostics } = compileSource(readSource(context.cwd, path), options, context);
  writeFrames(context.stderr, context.errors, diagnostics);
  if (planFile === null) throw new UsageError(`${path} has mistakes, so it names no data set`);
  return { dataset: planFile.plan.dataset, baseDir: dirname(absolute), plan: planFile.plan };
}

/** `T1w`, or `T1w,FLAIR` for two channels. */
function kinds(image: string): string | string[] {
  const each = image.split(',');
  return each.length === 1 ? image : each;
}

/** What the user says comes before what was found. */
function named(source: PlanDataSource, { image, label, derivative }: SurveyOptions): PlanDataSource {
  if (source.layout !== 'bids') return source;
  return {
    ...source,
    image: image === undefined ? source.image : kinds(image),
    label: label ?? source.label,
    derivative: derivative ?? (label === undefined ? source.derivative : null),
  };
}

function expectations(
  plan: Plan | null,
  names: ReadonlyMap<number, string>,
): Omit<CheckedDataset, 'surveys' | 'missing' | 'unused' | 'split'> {
  const known = names.size === 0 ? null : new Set([0, ...names.keys()]);
  if (plan === null) {
    const taught = [...names.keys()].filter((value) => value !== 0);
    const grid = { orientation: null, spacing: null };
    return { labels: known, taught, patch: null, channels: null, grid, intensity: null };
  }
  const { foreground, orientation, spacing, intensity } = plan.dataset;
  const classes = Array.from({ length: plan.model.outChannels }, (_, index) => index);
  return {
    // Merging drops what it does not name, so that other values are no mistake.
    labels: foreground === null ? new Set(classes) : known,
    taught: foreground ?? classes.slice(1),
    patch: plan.patch,
    channels: plan.model.inChannels,
    grid: { orientation, spacing },
    intensity,
  };
}

/** Null where there is no experiment, or too few cases are left to split: the findings say why. */
function splitOf(plan: Plan | null, cases: Parameters<typeof splitCases>[0], root: string): CheckedDataset['split'] {
  if (plan === null) return null;
  try {
    return splitCases(cases, plan.dataset, plan.seed, root);
  } catch (error) {
    if (error instanceof DataError) return null;
    throw error;
  }
}
