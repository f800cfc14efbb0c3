import type * as z from 'zod';
import { predictEventSchema } from '../../runtime/predict/events.ts';
import * as data from './data.ts';
import * as machine from './machine.ts';
import * as plan from './plan.ts';
import * as runs from './runs.ts';

interface PrintedDocument {
  /** The command lines that print it. */
  readonly by: readonly string[];
  /** What it is about, where the same command line prints something else of other things. */
  readonly of?: string;
  readonly schema: z.ZodType;
}

/** What commands print for programs to read: `docs/schemas/NAME.schema.json` is made of each, and its fields stay. */
export const DOCUMENTS = {
  runs: { by: ['exp runs --json'], schema: runs.listedRunsSchema },
  'runs-gc': { by: ['exp runs gc --json'], schema: runs.garbageSchema },
  show: { by: ['exp show RUN --json'], schema: runs.shownSchema },
  compare: { by: ['exp compare RUN RUN --json'], schema: runs.comparisonSchema },
  'matrix-events': { by: ['exp run FILE --json'], of: 'a sweep or of folds', schema: runs.matrixEventSchema },
  'submit-status': { by: ['exp submit status --json'], schema: runs.handoffStatusSchema },
  'predict-events': { by: ['exp predict --json', 'exp evaluate --json'], schema: predictEventSchema },
  'data-check': { by: ['exp data check --json'], schema: data.dataCheckSchema },
  'data-stats': { by: ['exp data stats --json'], schema: data.dataStatsSchema },
  'weights-inspect': { by: ['exp weights inspect --json'], schema: data.weightsInspectSchema },
  'weights-import': { by: ['exp weights import --json'], schema: data.weightsImportSchema },
  'weights-export': { by: ['exp weights export RUN -o FILE --json'], schema: data.weightsExportSchema },
  'plan-explain': { by: ['exp plan FILE --explain VALUE --json'], schema: plan.planExplainSchema },
  'plan-graph': { by: ['exp plan FILE --graph --json'], schema: plan.planGraphSchema },
  'plan-diff': { by: ['exp plan FILE --diff OTHER --json'], schema: plan.planDiffSchema },
  environments: { by: ['exp plan FILE --environments --json'], schema: machine.environmentsSchema },
  calibrate: { by: ['exp calibrate --json'], schema: machine.calibrationSchema },
  doctor: { by: ['exp doctor --json'], schema: machine.doctorSchema },
  check: { by: ['exp check --format json'], schema: machine.diagnosticsSchema },
} as const satisfies Readonly<Record<string, PrintedDocument>>;

export type DocumentName = keyof typeof DOCUMENTS;
export type Documents = { readonly [N in DocumentName]: ReadonlyDeep<z.infer<(typeof DOCUMENTS)[N]['schema']>> };

type ReadonlyDeep<T> = T extends object ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> } : T;
