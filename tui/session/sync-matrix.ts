import { flattenPlan } from '../../compiler/plan/flatten.ts';
import { readEvents } from '../../runtime/events/read.ts';
import { type MatrixFolder, memberFolders } from '../../runtime/run/matrix-folder.ts';
import { reportMatrix } from '../../runtime/tracking/matrix-run.ts';
import { syncRun } from '../../runtime/tracking/tracker.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

/** `exp sync` of a sweep or of folds: what each run still owes the server, and then what all of them came to. */
export async function syncMatrix(context: Context, matrix: MatrixFolder): Promise<ExitCode> {
  const env = context.environment;
  let isComplete = true;
  for (const { run } of memberFolders(matrix)) {
    // What was never started has nothing to tell.
    if (readEvents(run.dir).length === 0) continue;
    const told = await syncRun({ runDir: run.dir, flatten: flattenPlan, env });
    if (told.problem !== null) throw told.problem;
    isComplete &&= told.complete;
    for (const { what, message } of told.refused) context.stdout.write(`  refused of ${run.id}: ${what}: ${message}\n`);
  }
  const page = await reportMatrix(matrix, { env });
  if (page === null) {
    context.stdout.write(`${matrix.id} is not tracked: its file has no \`track\`, or no server is set\n`);
    return EXIT.ok;
  }
  context.stdout.write(`${isComplete ? 'all of it is there' : 'not all of it could be sent'}: ${page}\n`);
  return isComplete ? EXIT.ok : EXIT.failed;
}
