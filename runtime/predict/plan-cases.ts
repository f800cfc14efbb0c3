import { basename, dirname, join } from 'node:path';
import type { Plan } from '../../compiler/plan/schema.ts';
import { assertNever } from '../../dsl/assert-never.ts';
import { classNames } from '../data/class-names.ts';
import { openDerivative } from '../data/predictions.ts';
import { DataError } from '../errors.ts';
import { PREDICTIONS_FOLDER } from '../run/run-folder.ts';
import { findImages } from './find-images.ts';
import { bidsPatterns, findLabelled } from './find-labelled.ts';
import type { PredictRequest } from './request.ts';
import type { CasePaths } from './write-case.ts';

export interface PlannedCase {
  readonly id: string;
  readonly image: string;
  /** Files of the channels after those of `image`. */
  readonly furtherChannels: readonly string[];
  /** Null without a truth. */
  readonly label: string | null;
  readonly paths: CasePaths;
}

export interface PlannedCases {
  readonly cases: readonly PlannedCase[];
  /** Names, background first. */
  readonly classes: readonly string[];
}

/** Where things are looked for. */
export interface Places {
  /** What relative data sets start from. */
  readonly baseDir: string;
  readonly cacheDir: string;
  /** Null without a run. */
  readonly runDir: string | null;
}

/** What is to be segmented, and where everything that comes of it goes. @throws DataError for what cannot be meant */
export function planCases(request: PredictRequest, plan: Plan, where: Places): PlannedCases {
  const found = findAll(request, plan, where);
  const sources = [...new Set(found.map(({ source }) => source))];
  const classes = namesOfClasses(request, plan, where, sources);
  const pathsOf = outputOf(request, plan, classes, sources, found.length);
  return {
    classes,
    cases: found.map(({ id, image, furtherChannels, label }, index) => {
      const paths = pathsOf(id, image);
      return {
        id,
        image,
        furtherChannels,
        label,
        paths: {
          ...paths,
          probabilities: request.probabilities ? paths.probabilities : null,
          overview: index < request.overviews ? paths.overview : null,
        },
      };
    }),
  };
}

interface FoundCase {
  readonly id: string;
  readonly image: string;
  readonly furtherChannels: readonly string[];
  readonly label: string | null;
  readonly source: string;
}

function findAll({ cases }: PredictRequest, plan: Plan, where: Places): readonly FoundCase[] {
  if (cases.kind === 'inputs') {
    const patterns = cases.image?.split(',') ?? bidsPatterns(plan.dataset.source)?.image ?? null;
    return findImages(cases.paths, patterns).map((found) => ({ ...found, label: null }));
  }
  const labelled = findLabelled(cases, plan, where);
  return labelled.cases.map((files) => ({ ...files, source: labelled.root }));
}

/**
 * The data set that the network was trained on knows best what its classes are called, and so do the run's own predictions
 * where the data set is out of reach.
 */
function namesOfClasses(
  { cases }: PredictRequest,
  plan: Plan,
  { baseDir, runDir }: Places,
  sources: readonly string[],
): readonly string[] {
  const { source } = plan.dataset;
  const own = source.layout === 'phantom' ? null : join(baseDir, source.root);
  const trainedOn = [own, runDir === null ? null : join(runDir, PREDICTIONS_FOLDER)];
  const roots = cases.kind === 'dataset' ? [...sources, ...trainedOn] : [...trainedOn, ...sources];
  const named = roots.map((root) => classNames(root, plan.dataset, plan.model.outChannels));
  const unnamed = classNames(null, plan.dataset, plan.model.outChannels);
  return named.find((names) => names.some((name, index) => name !== unnamed[index])) ?? unnamed;
}

type AllPaths = { readonly [P in keyof CasePaths]: CasePaths[P] };

function outputOf(
  { output }: PredictRequest,
  plan: Plan,
  classes: readonly string[],
  sources: readonly string[],
  count: number,
): (id: string, image: string) => AllPaths {
  const { name } = plan.experiment;
  const foreground = classes.slice(1).map((_, index) => index + 1);
  switch (output.kind) {
    case 'none':
      return () => ({ labels: null, probabilities: null, overview: null });
    case 'derivative': {
      const derivative = openDerivative({ outDir: output.folder, name, classes, sources });
      return (id) => ({
        labels: derivative.labels(id),
        probabilities: foreground.map((classIndex) => derivative.probabilities(id, classIndex)),
        overview: derivative.overview(id),
      });
    }
    case 'beside':
      return (id, image) =>
        around(join(dirname(image), `${id}_seg-${name.replace(/[^a-zA-Z0-9]/g, '')}_dseg.nii.gz`), classes);
    case 'file':
      if (count === 1) return () => around(output.path, classes);
      throw new DataError('EXP4101', output.path, `${count} images cannot all be written to ${output.path}`, {
        help: 'name a folder with -o',
      });
    default:
      return assertNever(output);
  }
}

/** Probabilities and the picture stand beside the labels. */
function around(labels: string, classes: readonly string[]): AllPaths {
  const stem = join(dirname(labels), basename(labels).replace(/(_dseg)?\.nii(\.gz)?$/, ''));
  return {
    labels,
    probabilities: classes
      .slice(1)
      .map((className) => `${stem}_label-${className.replace(/[^a-zA-Z0-9]/g, '')}_probseg.nii.gz`),
    overview: `${stem}.png`,
  };
}
