import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Plan } from '../../../compiler/plan/schema.ts';
import { TrackingError } from '../../../runtime/errors.ts';
import { MATRIX_RUN_FILE, openMatrix } from '../../../runtime/run/matrix-folder.ts';
import { openRun } from '../../../runtime/run/run-folder.ts';
import { type Collected, collectRun, collectRungs } from '../../../runtime/submit/collect-run.ts';
import { findHandoff, type HandoffFolder } from '../../../runtime/submit/handoff-folder.ts';
import { ensureMatrix, handoffPlans, handoffRuns } from '../../../runtime/submit/handoff-runs.ts';
import { resolveTarget } from '../../../runtime/tracking/target.ts';
import type { Context } from '../../context.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { printFailure } from '../../failures.ts';
import { plural } from '../../format/quantities.ts';
import { syncMatrix } from '../sync-matrix.ts';
import { syncRun } from '../sync-run.ts';

/** `exp submit collect`: the runs of a hand-off among those of this project, and what MLflow has not been told yet. */
export async function collectRuns(context: Context, name: string, runsDir: string): Promise<ExitCode> {
  const folder = findHandoff(context.cwd, name);
  const { id, info } = folder;
  const home = { runsDir: resolve(context.cwd, runsDir), baseDir: info.baseDir };
  const planOf = handoffPlans(folder);
  const runs = handoffRuns(folder);
  const [first] = runs;
  const counts = new Map<Collected, number>();
  for (const run of runs) {
    const outcome = collectRun(folder, run, planOf(run), home);
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    if (outcome === 'ahead')
      context.stderr.write(`${run.id} has gone on at home since it was collected: it stays as it is there\n`);
  }
  if (first === undefined) return EXIT.ok;
  collectRungs(folder, home);
  const { plan } = planOf(first);
  if (!existsSync(join(home.runsDir, id, MATRIX_RUN_FILE))) ensureMatrix(folder, plan.budget, home);
  context.stdout.write(`${id}: ${countsText(counts)}\n`);
  if (counts.get('waiting') === runs.length) {
    if (info.commands.fetch !== null)
      context.stdout.write(`  nothing has arrived in this folder yet; bring it here: ${info.commands.fetch}\n`);
    return EXIT.ok;
  }
  const isDelivered = await deliver(context, folder, plan, home.runsDir);
  context.stdout.write(`  exp show ${id}\n`);
  return isDelivered ? EXIT.ok : EXIT.failed;
}

const WORDS: Readonly<Record<Collected, string>> = {
  fetched: 'brought home',
  same: 'unchanged',
  waiting: 'not started yet',
  ahead: 'left as at home',
};

function countsText(counts: ReadonlyMap<Collected, number>): string {
  return [...counts].map(([outcome, count]) => `${plural(count, 'run')} ${WORDS[outcome]}`).join(', ');
}

/** A server that is away costs a word, and the result stays. */
async function deliver(
  context: Context,
  { id, info }: HandoffFolder,
  { track }: Plan,
  runsDir: string,
): Promise<boolean> {
  if (track === null) return true;
  try {
    if (resolveTarget(track.uri, context.environment, track) === null) return true;
    const dir = join(runsDir, id);
    const matrix = info.isMatrix ? openMatrix(dir) : null;
    const code = matrix === null ? await syncRun(context, openRun(dir)) : await syncMatrix(context, matrix);
    return code === EXIT.ok;
  } catch (error) {
    if (!(error instanceof TrackingError)) throw error;
    printFailure(context, { message: error.message, help: `the runs are here; later: exp sync ${id}` });
    return false;
  }
}
