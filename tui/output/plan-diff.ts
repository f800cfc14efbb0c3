import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { canonicalJson, planId } from '../../compiler/plan/canonical.ts';
import { diffPlans } from '../../compiler/plan/diff.ts';
import { parsePlan, parsePlanFile } from '../../compiler/plan/parse.ts';
import type { Plan } from '../../compiler/plan/schema.ts';
import { findRun } from '../../runtime/run/find-run.ts';
import { PLAN_FILE, readPlanFile } from '../../runtime/run/run-folder.ts';
import type { PlanCommandOptions } from '../commands/options.ts';
import { compileSource } from '../compile-file.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../failures.ts';
import { plural } from '../format/quantities.ts';
import { readSource } from '../source-files.ts';
import { painter } from '../terminal/style.ts';
import { columns } from './table.ts';

/** A plan, and what to call it. */
export interface NamedPlan {
  readonly name: string;
  readonly plan: Plan;
}

/** `exp plan a.exp --diff b.exp`: what differs, value by value. */
export function describeDiff(context: Context, before: NamedPlan, after: NamedPlan, asJson: boolean): string {
  const diff = diffPlans(before.plan, after.plan);
  if (asJson) {
    const named = ({ name, plan }: NamedPlan) => ({ name, planId: planId(plan) });
    return `${canonicalJson({ before: named(before), after: named(after), ...diff })}\n`;
  }
  const paint = painter(context.terminal.color);
  const rows = diff.changes.map((change) => [change.path, change.before ?? '(none)', '→', change.after ?? '(none)']);
  const unchanged = plural(diff.unchanged, 'value');
  const summary =
    rows.length === 0
      ? `the same plan: ${unchanged}`
      : `${rows.length === 1 ? '1 value differs' : `${rows.length} values differ`}; ${unchanged} the same`;
  return [
    `${paint(before.name, 'strong')} → ${paint(after.name, 'strong')}`,
    ...columns(rows).map((row) => `  ${row}`),
    paint(summary, 'dim'),
    '',
  ].join('\n');
}

/** The other side: an `.exp` file, a plan as JSON, a run's folder or its id. @throws UsageError where it is none of these */
export function readOther(context: Context, other: string, options: PlanCommandOptions): NamedPlan {
  const path = resolve(context.cwd, other);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile()) return other.endsWith('.exp') ? compileOther(context, other, options) : readPlan(path, other);
  if (found?.isDirectory() && existsSync(join(path, PLAN_FILE))) return { name: other, plan: readPlanFile(path).plan };
  if (found === undefined && !other.endsWith('.exp') && !other.endsWith('.json')) {
    const run = findRun(resolve(context.cwd, options.runsDir), other);
    return { name: run.id, plan: readPlanFile(run.dir).plan };
  }
  throw new UsageError(
    found === undefined ? `there is no file ${other}` : `${other} is neither an .exp file, a plan nor a run`,
  );
}

/** Under `--diff-profile`, or the same profile; `--set` stays with the first file, so that it shows what it changes. */
function compileOther(context: Context, file: string, options: PlanCommandOptions): NamedPlan {
  const profile = options.diffProfile ?? options.profile;
  const source = readSource(context.cwd, file);
  const under = profile === undefined ? {} : { profile };
  const { planFile, diagnostics } = compileSource(source, { ...under, set: [] }, context);
  if (planFile !== null) return { name: nameOf(file, profile), plan: planFile.plan };
  const first = diagnostics.find(({ severity }) => severity === 'error');
  throw new UsageError(
    `${nameOf(file, profile)} has no plan${first === undefined ? '' : `: ${first.message}`}`,
    `exp check ${file} shows what is wrong with it`,
  );
}

export function nameOf(file: string, profile: string | undefined): string {
  return profile === undefined ? file : `${file} · ${profile}`;
}

/** As `exp plan --json` writes it, or as a run keeps it, with origins. */
function readPlan(path: string, shown: string): NamedPlan {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`${shown} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const withOrigins = parsePlanFile(content);
  if (withOrigins.success) return { name: shown, plan: withOrigins.data.plan };
  const bare = parsePlan(content);
  if (bare.success) return { name: shown, plan: bare.data };
  throw new UsageError(`${shown} is not a plan of this version of exp`, 'exp plan FILE --json writes one');
}
