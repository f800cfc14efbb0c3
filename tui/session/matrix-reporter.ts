import type { MatrixFolder } from '../../runtime/run/matrix-folder.ts';
import type { MatrixResults, MemberResult } from '../../runtime/run/matrix-results.ts';
import type { TrackingState } from '../../runtime/tracking/tracker.ts';
import type { Context } from '../context.ts';
import { formatTime } from '../format/quantities.ts';
import type { Documents } from '../json/documents.ts';
import { jsonLine } from '../json/write.ts';
import { matrixJson, memberJson, memberLine } from '../output/matrix-table.ts';
import { oneLine, toAscii } from '../terminal/text.ts';
import type { ReporterKind } from './reporter.ts';

/** Shows a matrix while it runs: a line for each run that has ended, or the screen with all of them. */
export interface MatrixReporter {
  ended(result: MemberResult): void;
  concluded(results: MatrixResults): void;
  /** Gives the terminal back, before anything else is printed. */
  close(): Promise<void>;
}

export interface MatrixReporterOptions {
  readonly matrix: MatrixFolder;
  readonly results: () => MatrixResults;
  /** Of a run that is at work, by its number. */
  readonly tracking: (index: number) => TrackingState | null;
  readonly onStop: () => void;
  readonly onKill: () => void;
}

export async function openMatrixReporter(
  context: Context,
  kind: ReporterKind,
  options: MatrixReporterOptions,
): Promise<MatrixReporter> {
  const { stdout, terminal } = context;
  const { matrix, results } = options;
  const write = (event: Documents['matrix-events']) => void stdout.write(jsonLine('matrix-events', event));
  const screen = kind === 'screen' ? await openScreen(context, options) : null;
  return {
    ended: (result) => {
      if (kind === 'json') write({ type: 'member_finished', ...memberJson(result) });
      if (kind !== 'plain') return;
      const { members, rankedBy } = results();
      const line = `${formatTime(Date.now())}  ${oneLine(memberLine(result, members.length, rankedBy.metric))}`;
      stdout.write(`${terminal.unicode ? line : toAscii(line)}\n`);
    },
    concluded: (told) =>
      write({
        type: 'matrix_finished',
        ...matrixJson({ id: matrix.id, experiment: matrix.info.experiment, results: told }),
      }),
    close: async () => await screen?.close(),
  };
}

async function openScreen(
  context: Context,
  { matrix, tracking, onStop, onKill }: MatrixReporterOptions,
): Promise<{ close(): Promise<void> }> {
  const { openApp } = await import('../screens/app.ts');
  const { openShownMatrix } = await import('../screens/open-matrix.ts');
  const watched = openShownMatrix(matrix, tracking);
  const screen = openApp({ ...context, run: null, matrix: watched, mode: 'run', onStop, onKill, onDetach: () => {} });
  return {
    close: async () => {
      screen.close();
      await watched.close();
    },
  };
}
