import { resolve } from 'node:path';
import { openComparedRun } from '../../runtime/compare/compared-run.ts';
import { findCompared } from '../../runtime/compare/find-compared.ts';
import { RunError } from '../../runtime/errors.ts';
import { readEvents } from '../../runtime/events/read.ts';
import { findTarget, type RunTarget } from '../../runtime/run/find-run.ts';
import { planHistory } from '../../runtime/run/plan-history.ts';
import { compareAddress } from '../../runtime/tracking/compare-address.ts';
import { deliveredRun } from '../../runtime/tracking/journal.ts';
import type { RunsDirOption } from '../commands/options.ts';
import { type Context, columnsOf } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { jsonDocument } from '../json/write.ts';
import { directionOf } from '../metric-direction.ts';
import { formatRemoteHead, formatRunDetails } from '../output/run-details.ts';
import { formatSummary } from '../output/summary.ts';
import { formatSweep } from '../output/sweep.ts';
import { listRun } from '../run-list/listed-run.ts';
import { loadRunState } from './run-state.ts';
import { showMatrix } from './show-matrix.ts';

export interface ShowOptions extends RunsDirOption {
  readonly json?: boolean;
  readonly experiment?: string;
}

/** `exp show`: a run or a sweep, here or on an MLflow server. */
export async function show(context: Context, name: string, options: ShowOptions): Promise<ExitCode> {
  const target = findLocal(context, name, options);
  if (target === null) return await showRemote(context, name, options);
  if (target.kind === 'matrix') {
    showMatrix(context, target.matrix, options.json === true);
    return EXIT.ok;
  }
  const { run } = target;
  if (options.json === true) {
    context.stdout.write(jsonDocument('show', listRun(run).run));
    return EXIT.ok;
  }
  const delivered = deliveredRun(run.dir);
  const tracking =
    delivered === null
      ? null
      : {
          url: compareAddress([delivered]),
          notice: null,
          delivered: 0,
          queued: 0,
          downSince: null,
          problem: null,
          refused: [],
        };
  const turns = planHistory(run.dir, readEvents(run.dir));
  context.stdout.write(
    formatSummary(loadRunState(run.dir), { ...context, runDir: run.dir, tracking, turns, why: true }),
  );
  const compared = openComparedRun(run, delivered);
  context.stdout.write(formatRunDetails(compared, context.terminal, columnsOf(context.stdout)));
  return EXIT.ok;
}

/** Null where it is to be looked for on the server. @throws RunError */
function findLocal(context: Context, name: string, { runsDir, experiment }: ShowOptions): RunTarget | null {
  if (name.startsWith('mlflow:')) return null;
  try {
    return findTarget(resolve(context.cwd, runsDir), name);
  } catch (error) {
    if (!(error instanceof RunError) || experiment === undefined) throw error;
    return null;
  }
}

async function showRemote(context: Context, name: string, options: ShowOptions): Promise<ExitCode> {
  const [found] = await findCompared([name], {
    runsDir: resolve(context.cwd, options.runsDir),
    env: context.environment,
    experiment: options.experiment ?? null,
    directionOf,
  });
  const width = columnsOf(context.stdout);
  if (found?.kind === 'sweep') {
    const { sweep } = found;
    context.stdout.write(
      options.json === true ? jsonDocument('show', sweep) : formatSweep(sweep, context.terminal, width),
    );
    return EXIT.ok;
  }
  if (found === undefined) return EXIT.failed;
  const { run } = found;
  const page = run.remote === null ? '' : compareAddress([run.remote]);
  if (options.json === true) {
    const readable = { folder: null, settings: Object.fromEntries(run.settings), cases: Object.fromEntries(run.cases) };
    context.stdout.write(jsonDocument('show', { ...run, ...readable, page }));
    return EXIT.ok;
  }
  context.stdout.write(formatRemoteHead(run, page, context.terminal));
  context.stdout.write(formatRunDetails(run, context.terminal, width));
  return EXIT.ok;
}
