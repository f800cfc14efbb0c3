import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { diffPlans, type PlanChange } from '../../compiler/plan/diff.ts';
import { parsePlanFile } from '../../compiler/plan/parse.ts';
import type { Plan } from '../../compiler/plan/schema.ts';
import type { RunEvent, RunEventOf } from '../events/schema.ts';
import { formerPlanFile, PLAN_FILE } from './run-folder.ts';

/** What a run was told to do otherwise when it went on. */
export interface PlanTurn {
  /** The step that it went on after. */
  readonly step: number;
  /** Null where the plan before has been taken out of the folder. */
  readonly changes: readonly PlanChange[] | null;
}

/** They follow from the others. */
const DERIVED = ['facts', 'version'] as const;

/** What somebody changed between two plans. */
export function planChanges(before: Plan, after: Plan): readonly PlanChange[] {
  return diffPlans(before, after).changes.filter(
    ({ path, before: from, after: to }) => !isBelow(path, DERIVED) && !(isNothing(from) && isNothing(to)),
  );
}

/** `budget: null` and no `budget` at all say the same. */
function isNothing(value: PlanChange['before']): boolean {
  return value === null || value === 'null';
}

/** Whether a dotted name is one of these, or below one. */
export function isBelow(path: string, names: readonly string[]): boolean {
  return names.some((name) => path === name || path.startsWith(`${name}.`));
}

function valueText(value: PlanChange['before']): string {
  return isNothing(value) ? 'none' : String(value);
}

export function planChangesText(changes: readonly PlanChange[]): string {
  return changes.map(({ path, before, after }) => `${path} ${valueText(before)} → ${valueText(after)}`).join(', ');
}

export function turnText({ changes }: PlanTurn): string {
  return changesText(changes);
}

/** @param changes null where they are not known any more */
export function changesText(changes: PlanTurn['changes']): string {
  return changes === null ? 'the one before is not kept any more' : planChangesText(changes);
}

/** Each attempt of a record that had another plan than the one before it. */
export function planHistory(runDir: string, events: readonly RunEvent[]): readonly PlanTurn[] {
  const attempts = startsOf(events);
  return attempts.flatMap((attempt, index) => turnAt(runDir, attempts[index - 1], attempt) ?? []);
}

/** The same of the latest attempt; null where it went on with its plan. */
export function latestTurn(runDir: string, events: readonly RunEvent[]): PlanTurn | null {
  const [earlier, latest] = startsOf(events).slice(-2);
  return latest === undefined ? null : turnAt(runDir, earlier, latest);
}

type Start = RunEventOf<'run_started'>;

function startsOf(events: readonly RunEvent[]): readonly Start[] {
  return events.flatMap((event) => (event.type === 'run_started' ? [event] : []));
}

function turnAt(runDir: string, earlier: Start | undefined, attempt: Start): PlanTurn | null {
  if (earlier === undefined || earlier.planId === attempt.planId) return null;
  return { step: attempt.resumedFromStep ?? 0, changes: changesBetween(runDir, earlier.planId, attempt.planId) };
}

/** What somebody changed between two plans of a run; null where one of them has been taken out of its folder. */
export function changesBetween(runDir: string, earlierId: string, laterId: string): readonly PlanChange[] | null {
  const [before, after] = [planOf(runDir, earlierId), planOf(runDir, laterId)];
  return before === null || after === null ? null : planChanges(before, after);
}

function planOf(runDir: string, planId: string): Plan | null {
  for (const name of [PLAN_FILE, formerPlanFile(planId)]) {
    const path = join(runDir, name);
    if (!existsSync(path)) continue;
    const { data } = parsePlanFile(JSON.parse(readFileSync(path, 'utf8')));
    if (data?.planId === planId) return data.plan;
  }
  return null;
}
