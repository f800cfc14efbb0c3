import { flattenPlan } from '../../compiler/plan/flatten.ts';
import type { TrackingError } from '../../runtime/errors.ts';
import { readEvents } from '../../runtime/events/read.ts';
import { type MatrixFolder, memberFolders } from '../../runtime/run/matrix-folder.ts';
import type { RunFolder } from '../../runtime/run/run-folder.ts';
import { reportMatrix } from '../../runtime/tracking/matrix-run.ts';
import { syncRun } from '../../runtime/tracking/tracker.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

/** What came of delivering the runs of a matrix. */
interface MembersTold {
  /** Runs that still owe something. */
  readonly left: number;
  /** What kept the first of them. */
  readonly problem: TrackingError | null;
}

/** `exp sync` of a sweep or of folds: what each run still owes the server, and then what all of them came to. */
export async function syncMatrix(context: Context, matrix: MatrixFolder): Promise<ExitCode> {
  // What was never started has nothing to tell.
  const begun = memberFolders(matrix).flatMap(({ run }) => (readEvents(run.dir).length === 0 ? [] : [run]));
  const { left, problem } = await syncMembers(context, begun, new AbortController().signal);
  if (problem !== null) throw problem;
  const page = await reportMatrix(matrix, { env: context.environment });
  if (page === null) {
    context.stdout.write(`${matrix.id} is not tracked: its file has no \`track\`, or no server is set\n`);
    return EXIT.ok;
  }
  context.stdout.write(`${left === 0 ? 'all of it is there' : 'not all of it could be sent'}: ${page}\n`);
  return left === 0 ? EXIT.ok : EXIT.failed;
}

/** One after the other. A run in trouble of its own keeps no other back; a server that is away is not asked for each. */
export async function syncMembers(
  context: Context,
  runs: readonly RunFolder[],
  signal: AbortSignal,
): Promise<MembersTold> {
  let left = runs.length;
  let first: TrackingError | null = null;
  for (const run of runs) {
    if (signal.aborted) break;
    const told = await syncRun({ runDir: run.dir, flatten: flattenPlan, env: context.environment, signal });
    for (const { what, message } of told.refused) context.stdout.write(`  refused of ${run.id}: ${what}: ${message}\n`);
    if (told.complete) left -= 1;
    first ??= told.problem;
    if (told.problem !== null && told.problem.serverCode === null) break;
  }
  return { left, problem: first };
}
