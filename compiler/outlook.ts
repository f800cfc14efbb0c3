import type { Workload } from './graph/workload.ts';
import { partCounts, stepsPerEpoch } from './plan/counts.ts';
import type { Plan } from './plan/schema.ts';

/** What estimates need to know and a file does not say: how many cases there are and how large, and how fast the machine is. */
export interface Outlook {
  /** Null where the data set was not looked at. */
  readonly data: (plan: Plan) => DataOutlook | null;
  /** What was measured of the device that the plan's environment stands for: the steps of earlier runs, newest last. */
  readonly measured: (plan: Plan) => readonly MeasuredStep[];
  /** Cores of the machine at hand, for environments that do not say. */
  readonly cores: number | null;
}

export interface DataOutlook {
  readonly stepsPerEpoch: number;
  /** In all parts. */
  readonly cases: number;
  readonly validationCases: number;
  /** Voxels of a case along each axis, as it is trained on; null where no case was looked at. */
  readonly caseSize: readonly [number, number, number] | null;
}

/** One training step as an earlier run, or `exp calibrate`, had it. */
export interface MeasuredStep {
  /** The run's id. */
  readonly source: string;
  readonly workload: Workload;
  /** Without the wait for data. */
  readonly secondsPerStep: number;
  /** How far single steps lay from it, as a share. */
  readonly spread: number;
  readonly waitSeconds: number;
  readonly stateBytes: number;
  readonly activationPeakBytes: number;
  /** Of the whole trainer; null where it does not tell what the model takes. */
  readonly peakBytes: number | null;
}

const NOTHING_MEASURED: readonly MeasuredStep[] = [];

/** All that the compiler knows by itself: generated data sets have as many subjects, and as large, as the file says. */
export const BARE_OUTLOOK: Outlook = { data: phantomData, measured: () => NOTHING_MEASURED, cores: null };

function phantomData({ dataset, sampling, batchSize }: Plan): DataOutlook | null {
  const { source, exclude, subjects } = dataset;
  if (source.layout !== 'phantom') return null;
  const available = Math.max(0, source.subjects - exclude.length);
  const { train, validation, test } = partCounts(Math.min(available, subjects ?? available), dataset);
  const { size } = source;
  return {
    stepsPerEpoch: stepsPerEpoch(train, sampling, batchSize),
    cases: train + validation + test,
    validationCases: validation,
    caseSize: [size, size, size],
  };
}
