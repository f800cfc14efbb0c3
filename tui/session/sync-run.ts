import { flattenPlan } from '../../compiler/plan/flatten.ts';
import { type RunFolder, readPlanFile } from '../../runtime/run/run-folder.ts';
import { syncRun as deliver } from '../../runtime/tracking/tracker.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

/** `exp sync` of one run: what it still owes the server. @throws TrackingError */
export async function syncRun(context: Context, run: RunFolder): Promise<ExitCode> {
  if (readPlanFile(run.dir).plan.track === null) {
    context.stdout.write(`${run.id} is not tracked: its file has no \`track\`\n`);
    return EXIT.ok;
  }
  const told = await deliver({ runDir: run.dir, flatten: flattenPlan, env: context.environment });
  if (told.problem !== null) throw told.problem;
  const where = told.url === null ? 'no server is set: give MLFLOW_TRACKING_URI' : told.url;
  context.stdout.write(`${told.complete ? 'all of it is there' : 'not all of it could be sent'}: ${where}\n`);
  for (const { what, message } of told.refused) context.stdout.write(`  refused: ${what}: ${message}\n`);
  return told.complete && told.url !== null ? EXIT.ok : EXIT.failed;
}
