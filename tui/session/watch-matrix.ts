import { setTimeout as sleep } from 'node:timers/promises';
import { isOver } from '../../runtime/events/run-state.ts';
import { liveOwner } from '../../runtime/run/lock.ts';
import type { MatrixFolder } from '../../runtime/run/matrix-folder.ts';
import { matrixResults } from '../../runtime/run/matrix-results.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { openMatrixReporter } from './matrix-reporter.ts';
import type { ReporterKind } from './reporter.ts';
import { showMatrix } from './show-matrix.ts';

const POLL_MS = 1_000;

/** `exp watch` of a sweep or of folds: the screen with all runs, or a line for each run as it ends. */
export async function watchMatrix(context: Context, matrix: MatrixFolder, kind: ReporterKind): Promise<ExitCode> {
  if (kind === 'screen') await watchOnScreen(context, matrix);
  else await watchInLines(context, matrix, kind);
  if (kind !== 'json') showMatrix(context, matrix, false);
  return matrixResults(matrix).members.every(isOver) || liveOwner(matrix.dir) !== null ? EXIT.ok : EXIT.failed;
}

async function watchOnScreen(context: Context, matrix: MatrixFolder): Promise<void> {
  const { openApp } = await import('../screens/app.ts');
  const { openShownMatrix } = await import('../screens/open-matrix.ts');
  const watched = openShownMatrix(matrix);
  await watched.ready;
  const nothing = () => {};
  const screen = openApp({
    ...context,
    run: null,
    matrix: watched,
    mode: 'watch',
    onStop: nothing,
    onKill: nothing,
    onDetach: nothing,
  });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, screen.close);
  await screen.closed;
  for (const signal of signals) process.off(signal, screen.close);
  await watched.close();
}

async function watchInLines(context: Context, matrix: MatrixFolder, kind: ReporterKind): Promise<void> {
  const reporter = await openMatrixReporter(context, kind, {
    matrix,
    results: () => matrixResults(matrix),
    tracking: () => null,
    onStop: () => {},
    onKill: () => {},
  });
  const told = new Set<number>();
  for (;;) {
    // Asked before reading: what whoever runs it has written is then all there.
    const isAtWork = liveOwner(matrix.dir) !== null;
    const results = matrixResults(matrix);
    for (const result of results.members) {
      if (result.finished === null || told.has(result.member.index)) continue;
      told.add(result.member.index);
      reporter.ended(result);
    }
    if (isAtWork) await sleep(POLL_MS);
    else {
      if (kind === 'json') reporter.concluded(results);
      return;
    }
  }
}
