import type { Budget, Plan } from '../../compiler/plan/schema.ts';
import { isOver } from '../../runtime/events/run-state.ts';
import type { MatrixResults, MemberResult, TrialResult } from '../../runtime/run/matrix-results.ts';
import { spendOf, spendText } from '../../runtime/run/spend.ts';
import { formatDuration, formatNumber, plural } from '../format/quantities.ts';
import { statusWords } from '../format/status.ts';
import type { Documents } from '../json/documents.ts';
import { painter } from '../terminal/style.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { toAscii } from '../terminal/text.ts';
import { columns } from './table.ts';

export interface MatrixTable {
  readonly id: string;
  readonly experiment: string;
  readonly results: MatrixResults;
  readonly plan: Plan;
  readonly budget: Budget | null;
  /** The parent's page on MLflow; null where there is none. */
  readonly page: string | null;
}

/** The runs of a sweep or of folds: how many are done, and all of them, the best first. */
export function formatMatrix(table: MatrixTable, terminal: Terminal): string {
  const { id, experiment, results, plan, budget, page } = table;
  const paint = painter(terminal.color);
  const [head = '', ...rows] = columns(rankingRows(results));
  const facts: (readonly [string, string])[] = [['runs', countsText(results)]];
  if (budget !== null) facts.push(['budget', spendText(spendOf(results.seconds, plan), budget)]);
  if (page !== null) facts.push(['mlflow', page]);
  facts.push(...nextSteps(id, results));
  const lines = [
    `${paint(experiment, 'strong')}  ${paint(id, 'dim')}`,
    '',
    paint(head, 'dim'),
    ...rows,
    '',
    ...facts.map(([label, text]) => `  ${paint(label.padEnd(10), 'dim')}${text}`),
  ];
  const text = lines.join('\n');
  return `${terminal.unicode ? text : text.split('\n').map(toAscii).join('\n')}\n`;
}

function rankingRows({ trials, rankedBy }: MatrixResults): readonly (readonly string[])[] {
  const paths = Object.keys(trials[0]?.settings ?? {});
  const hasFolds = trials.some(({ members }) => members.length > 1);
  const head = ['#', rankedBy.metric, ...paths, 'RUN', 'STATUS', 'TIME'];
  const rows = trials.flatMap((trial, rank) => {
    const own = [String(rank + 1), valueText(trial), ...paths.map((path) => trial.settings[path] ?? '–')];
    if (!hasFolds) return trial.members.map((member) => [...own, ...runCells(member)]);
    const blank = paths.map(() => '');
    return [
      [...own, plural(trial.members.length, 'fold'), '', ''],
      ...trial.members.map((member) => ['', bestText(member), ...blank, ...runCells(member)]),
    ];
  });
  return [head, ...rows];
}

function runCells({ runId, status, seconds }: MemberResult): readonly string[] {
  return [runId, statusWords(status), seconds === 0 ? '–' : formatDuration(seconds)];
}

function valueText({ mean, deviation }: TrialResult): string {
  if (mean === null) return '–';
  return deviation === null ? formatNumber(mean) : `${formatNumber(mean)} ± ${formatNumber(deviation)}`;
}

function bestText({ best }: MemberResult): string {
  return best === null ? '–' : formatNumber(best);
}

/** `7 completed, 1 failed, 2 waiting` */
export function countsText({ members }: MatrixResults): string {
  const counts = new Map<string, number>();
  for (const { status } of members) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} ${statusWords(status)}`).join(', ');
}

function nextSteps(id: string, { members }: MatrixResults): readonly (readonly [string, string])[] {
  return !members.every(isOver) ? [['continue', `exp resume ${id}`]] : [];
}

/** One line for a run that has ended, or for where it stands. */
export function memberLine(result: MemberResult, count: number, metric: string): string {
  const { member, status, best, seconds, finished } = result;
  const reached = best === null ? '' : `, ${metric} ${formatNumber(best)}`;
  const error = finished?.error == null ? '' : `: ${finished.error.message}`;
  return `${member.index}/${count} ${member.name}: ${statusWords(status)}${error}${reached}, ${formatDuration(seconds)}`;
}

/** For the title of the screen: `run 3 of 8 · 2 done · best val.dice 0.8312`. */
export function progressText({ members, trials, rankedBy }: MatrixResults, index: number): string {
  const done = members.filter(({ finished }) => finished !== null).length;
  const best = trials[0]?.mean ?? null;
  const parts = [`run ${index} of ${members.length}`, `${done} done`];
  if (best !== null) parts.push(`best ${rankedBy.metric} ${formatNumber(best)}`);
  return parts.join(' · ');
}

type MatrixStand = Extract<Documents['show'], { readonly ranking: unknown }>;

/** As `exp show --json` and the last line of `exp run --json` give it. */
export function matrixJson({
  id,
  experiment,
  results,
}: Pick<MatrixTable, 'id' | 'experiment' | 'results'>): MatrixStand {
  return {
    id,
    experiment,
    rankedBy: results.rankedBy,
    seconds: results.seconds,
    members: results.members.map(memberJson),
    ranking: results.trials.map(({ settings, mean, deviation, members }) => ({
      settings,
      value: mean,
      deviation,
      runs: members.map(({ runId }) => runId),
    })),
  };
}

export function memberJson({
  member,
  runId,
  dir,
  status,
  best,
  seconds,
  epoch,
  finished,
}: MemberResult): MatrixStand['members'][number] {
  const { index, name, settings, fold, planId } = member;
  return {
    ...{ index, name, settings, fold, planId, runId, folder: dir, status, epoch, seconds, best },
    metrics: finished?.metrics ?? {},
    expectations: finished?.expectations ?? [],
    error: finished?.error ?? null,
  };
}
