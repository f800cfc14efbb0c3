import type { Plan } from '../../compiler/plan/schema.ts';
import type { RunEvent } from '../../runtime/events/schema.ts';
import type { MatrixFolder, MemberFolder } from '../../runtime/run/matrix-folder.ts';
import type { MatrixResults, MemberResult } from '../../runtime/run/matrix-results.ts';
import type { TrackingState } from '../../runtime/tracking/tracker.ts';
import type { Context } from '../context.ts';
import { formatTime } from '../format/quantities.ts';
import { matrixJson, memberJson, memberLine, progressText } from '../output/matrix-table.ts';
import { oneLine, toAscii } from '../terminal/text.ts';
import type { ReporterKind } from './reporter.ts';

/** Shows a matrix while it runs: a line for each run that has ended, or the screen of the one that is at work. */
export interface MatrixReporter {
  /** Before a run starts. */
  open(folder: MemberFolder, plan: Plan, tracking: () => TrackingState | null): Promise<MemberView>;
  ended(result: MemberResult): void;
  concluded(results: MatrixResults): void;
}

export interface MemberView {
  readonly event: (event: RunEvent, fresh: boolean) => void;
  readonly close: () => Promise<void>;
}

interface Reported {
  readonly matrix: MatrixFolder;
  readonly results: () => MatrixResults;
  readonly onStop: () => void;
}

const NO_VIEW: MemberView = { event: () => {}, close: async () => {} };

export function openMatrixReporter(
  context: Context,
  { kind, jobs }: { readonly kind: ReporterKind; readonly jobs: number },
  { matrix, results, onStop }: Reported,
): MatrixReporter {
  const { stdout, terminal } = context;
  const write = (value: unknown) => void stdout.write(`${JSON.stringify(value)}\n`);
  // Several runs at once have no one screen.
  const shows = kind === 'screen' && jobs === 1;
  return {
    open: async ({ member }, plan, tracking) =>
      shows
        ? await openMemberScreen(context, plan, tracking, onStop, () => progressText(results(), member.index))
        : NO_VIEW,
    ended: (result) => {
      if (kind === 'json') write({ type: 'member_finished', ...Object(memberJson(result)) });
      if (kind === 'plain' || kind === 'screen') {
        const { members, rankedBy } = results();
        const line = `${formatTime(Date.now())}  ${oneLine(memberLine(result, members.length, rankedBy.metric))}`;
        stdout.write(`${terminal.unicode ? line : toAscii(line)}\n`);
      }
    },
    concluded: (told) =>
      write({
        type: 'matrix_finished',
        ...Object(matrixJson({ id: matrix.id, experiment: matrix.info.experiment, results: told })),
      }),
  };
}

async function openMemberScreen(
  { terminal, stdout, stdin }: Context,
  plan: Plan,
  tracking: () => TrackingState | null,
  onStop: () => void,
  group: () => string,
): Promise<MemberView> {
  const { openScreen } = await import('../screens/open-screen.tsx');
  const { createRunStore } = await import('../screens/run-store.ts');
  const store = createRunStore(plan.schedule.keepBest);
  const title = group();
  const screen = openScreen({
    store,
    plan,
    mode: 'run',
    look: terminal,
    tracking,
    onStop,
    stdout,
    stdin,
    group: title,
  });
  return {
    event: (event) => store.apply(event),
    close: async () => {
      screen.close();
      await screen.closed;
    },
  };
}
