import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nearestName } from '../../dsl/edit-distance.ts';
import { RunError } from '../errors.ts';
import { knownMembers, listMatrices, type MatrixFolder, openMatrix } from './matrix-folder.ts';
import { bestMember, matrixResults } from './matrix-results.ts';
import { listRuns, openRun, RUN_FILE, type RunFolder } from './run-folder.ts';

/** What a user names: a run, or the runs of a sweep or of folds together. */
export type RunTarget =
  | { readonly kind: 'run'; readonly id: string; readonly run: RunFolder }
  | { readonly kind: 'matrix'; readonly id: string; readonly matrix: MatrixFolder };

/**
 * What a user means: `latest`, an id, the beginning or the end of one, or the path of a folder. A run of a matrix has the
 * matrix's id and its number: `…-3f2a-001`, or `3f2a-001`.
 *
 * @throws RunError when none fits, or more than one
 */
export function findTarget(runsDir: string, name: string): RunTarget {
  if (name.includes('/') || name.includes('\\')) {
    const dir = resolve(name);
    if (existsSync(join(dir, RUN_FILE))) return runTarget(openRun(dir));
    const matrix = openMatrix(dir);
    if (matrix !== null) return matrixTarget(matrix);
  }
  const matrices = listMatrices(runsDir);
  const targets = [...listRuns(runsDir).map(runTarget), ...matrices.map(matrixTarget)].sort(newestFirst);
  if (name === 'latest') {
    const [latest] = targets;
    if (latest !== undefined) return latest;
    throw new RunError(`there is no run in ${runsDir} yet`, { help: 'start one: exp run FILE' });
  }
  const match =
    matching(targets, name) ??
    matching(
      matrices.flatMap(knownMembers).map(({ run }) => runTarget(run)),
      name,
    );
  if (match !== null) return match;
  const near = nearestId(targets, name);
  throw new RunError(`there is no run ${name} in ${runsDir}`, {
    help: near === null ? 'see them all with `exp runs`' : `did you mean ${near}? \`exp runs\` lists them all`,
  });
}

/** By the whole id or by its last part, which is what people type, or `latest`. */
function nearestId(targets: readonly RunTarget[], name: string): string | null {
  if (targets.length === 0) return null;
  const ids = targets.flatMap(({ id }) => [[id, id] as const, [id.slice(id.lastIndexOf('-') + 1), id] as const]);
  const byName = new Map([['latest', 'latest'], ...ids]);
  const near = nearestName(name, byName.keys());
  return near === null ? null : (byName.get(near) ?? null);
}

/** The same where it has to be one run. @throws RunError when it is several */
export function findRun(runsDir: string, name: string): RunFolder {
  const target = findTarget(runsDir, name);
  if (target.kind === 'run') return target.run;
  throw new RunError(`${target.id} is a matrix of runs`, {
    help: `name one of them, ${suggestedMember(target.matrix)}; \`exp show ${target.id}\` lists them`,
  });
}

/** What an id, its beginning or its end names; null for nothing. @throws RunError when several fit */
export function matching<T extends { readonly id: string }>(targets: readonly T[], name: string): T | null {
  const exact = targets.find(({ id }) => id === name);
  if (exact !== undefined) return exact;
  const matches = targets.filter(({ id }) => id.startsWith(name) || id.endsWith(name));
  if (matches.length > 1)
    throw new RunError(`${name} may be ${matches.map(({ id }) => id).join(' or ')}`, { help: 'write more of the id' });
  return matches[0] ?? null;
}

function runTarget(run: RunFolder): RunTarget {
  return { kind: 'run', id: run.id, run };
}

function matrixTarget(matrix: MatrixFolder): RunTarget {
  return { kind: 'matrix', id: matrix.id, matrix };
}

export function createdAt(target: RunTarget): number {
  return target.kind === 'run' ? target.run.info.createdAt : target.matrix.info.createdAt;
}

function newestFirst(a: RunTarget, b: RunTarget): number {
  return createdAt(b) - createdAt(a) || (a.id < b.id ? 1 : -1);
}

/** The best, which is wanted of a sweep as a rule. */
function suggestedMember(matrix: MatrixFolder): string {
  const results = matrixResults(matrix);
  const best = bestMember(results);
  if (best === null || best.best === null) return `for example ${matrix.id}-001`;
  return `the best is ${best.runId} (${results.rankedBy.metric} ${Number(best.best.toPrecision(4))})`;
}
