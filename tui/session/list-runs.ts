import { resolve } from 'node:path';
import { listMatrices } from '../../runtime/run/matrix-folder.ts';
import { listRuns } from '../../runtime/run/run-folder.ts';
import type { RunsDirOption } from '../commands/options.ts';
import { type Context, columnsOf } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { jsonDocument } from '../json/write.ts';
import { formatRuns } from '../output/runs.ts';
import { matching, sorted } from '../run-list/fields.ts';
import { listMatrix, listMembers, listRun } from '../run-list/listed-run.ts';
import { parseWhere } from '../run-list/where.ts';

export interface RunsOptions extends RunsDirOption {
  readonly where: readonly string[];
  readonly sort?: string;
  readonly limit?: number;
  readonly members?: boolean;
  readonly json?: boolean;
}

/** `exp runs`: the newest first, or as `--sort` says. */
export function listAll(context: Context, options: RunsOptions): ExitCode {
  const conditions = options.where.flatMap(parseWhere);
  const folder = resolve(context.cwd, options.runsDir);
  const matrices = listMatrices(folder);
  const all = [
    ...listRuns(folder).map(listRun),
    ...(options.members === true ? matrices.flatMap(listMembers) : matrices.map(listMatrix)),
  ].sort((a, b) => b.run.createdAt - a.run.createdAt || (a.run.id < b.run.id ? 1 : -1));
  const found = matching(all, conditions);
  const ordered = options.sort === undefined ? found : sorted(found, options.sort);
  const runs = ordered.slice(0, options.limit);
  if (options.json === true) {
    const listed = runs.map(({ run }) => run);
    context.stdout.write(jsonDocument('runs', listed));
    return EXIT.ok;
  }
  if (all.length === 0) context.stdout.write('no runs yet; start one with: exp run FILE\n');
  else if (runs.length === 0) context.stdout.write(`none of ${all.length} runs is like that\n`);
  else {
    const asked = [...conditions.map(({ field }) => field), ...(options.sort === undefined ? [] : [options.sort])];
    // Lines of a file or a pipe have no end.
    const width = context.stdout.columns === undefined ? Number.POSITIVE_INFINITY : columnsOf(context.stdout);
    context.stdout.write(formatRuns(runs, asked, context.terminal, width));
    if (runs.length < ordered.length)
      context.stderr.write(`${ordered.length - runs.length} more; --limit shows them\n`);
  }
  return EXIT.ok;
}
