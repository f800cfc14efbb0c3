import { mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Comparison, compareRuns } from '../../runtime/compare/compare-runs.ts';
import type { ComparedRun } from '../../runtime/compare/compared-run.ts';
import { type Found, findCompared } from '../../runtime/compare/find-compared.ts';
import type { Sweep } from '../../runtime/compare/sweep.ts';
import { RunError } from '../../runtime/errors.ts';
import { compareAddress } from '../../runtime/tracking/compare-address.ts';
import type { RunsDirOption } from '../commands/options.ts';
import { type Context, columnsOf } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failures.ts';
import { jsonDocument } from '../json/write.ts';
import { directionOf } from '../metric-direction.ts';
import { openAddress } from '../open-address.ts';
import { formatComparison } from '../output/compare.ts';
import { formatSweep } from '../output/sweep.ts';
import { replaceFile } from '../replace-file.ts';

export interface CompareOptions extends RunsDirOption {
  readonly json?: boolean;
  readonly html?: string;
  readonly mlflow?: boolean;
  readonly open?: boolean;
  readonly experiment?: string;
}

/** What is compared: a sweep by itself, or runs with the first of them. */
interface Compared {
  readonly sweep: Sweep | null;
  readonly runs: readonly ComparedRun[];
  readonly comparison: Comparison;
}

export async function compare(context: Context, names: readonly string[], options: CompareOptions): Promise<ExitCode> {
  const found = await findCompared(names, {
    runsDir: resolve(context.cwd, options.runsDir),
    env: context.environment,
    experiment: options.experiment ?? null,
    directionOf,
  });
  const compared = composed(found);
  if (options.mlflow === true) return await showOnServer(context, compared, options);
  if (options.html !== undefined) return await writePage(context, compared, options.html, options);
  context.stdout.write(textOf(context, compared, options));
  return EXIT.ok;
}

function composed(found: readonly Found[]): Compared {
  const [first] = found;
  const sweep = found.length === 1 && first?.kind === 'sweep' ? first.sweep : null;
  const runs = found.flatMap((each) => (each.kind === 'run' ? [each.run] : each.runs));
  const keys = new Set(runs.map(({ id, remote, folder }) => folder ?? `${remote?.uri} ${remote?.runId} ${id}`));
  if (sweep === null && keys.size < 2) {
    throw new UsageError('one run is nothing to compare', 'name two or more, or a sweep: exp runs lists them');
  }
  return { sweep, runs, comparison: compareRuns(runs, directionOf) };
}

function textOf(context: Context, { sweep, runs, comparison }: Compared, { json = false }: CompareOptions): string {
  const width = columnsOf(context.stdout);
  if (json) return jsonDocument('compare', sweep === null ? comparison : { ...comparison, sweep });
  if (sweep !== null) return formatSweep(sweep, context.terminal, width);
  return formatComparison(comparison, runs, context.terminal, width);
}

async function writePage(context: Context, compared: Compared, file: string, { open = false }: CompareOptions) {
  const { comparisonPage } = await import('../report/page.ts');
  const path = resolve(context.cwd, file);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(
      `${file} is a folder, and the page is one file`,
      `give a file: --html ${join(file, 'report.html')}`,
    );
  mkdirSync(dirname(path), { recursive: true });
  replaceFile(path, comparisonPage({ ...compared, now: new Date() }));
  context.stdout.write(`${file}\n`);
  if (open) await tryToOpen(context, pathToFileURL(path).href);
  return EXIT.ok;
}

/** @throws RunError where a run has not been delivered, or to another server than the others */
async function showOnServer(context: Context, { runs }: Compared, { open = false }: CompareOptions): Promise<ExitCode> {
  const there = runs.map(({ id, remote }) => {
    if (remote !== null) return remote;
    throw new RunError(`${id} is on no MLflow server`, {
      help: `exp sync ${id} delivers it, if its file says \`track\``,
    });
  });
  const [first, ...others] = there;
  if (first === undefined) return EXIT.ok;
  const elsewhere = others.find(({ uri }) => uri !== first.uri);
  if (elsewhere !== undefined) {
    throw new RunError(`the runs are on two servers, ${first.uri} and ${elsewhere.uri}`, {
      help: 'exp compare without --mlflow compares them',
    });
  }
  const address = compareAddress([first, ...others]);
  context.stdout.write(`${address}\n`);
  if (open) await tryToOpen(context, address);
  return EXIT.ok;
}

async function tryToOpen(context: Context, address: string): Promise<void> {
  if (await openAddress(address)) return;
  context.stderr.write(`no program opens addresses here; copy it: ${address}\n`);
}
