import { plannedName } from '../../compiler/fields/field-places.ts';
import type { PlanFile } from '../../compiler/plan/schema.ts';
import { hasErrors } from '../../dsl/diagnostic.ts';
import { RunError } from '../../runtime/errors.ts';
import { isBelow, planChanges, planChangesText } from '../../runtime/run/plan-history.ts';
import { changePlan, type RunFolder, readPlanFile } from '../../runtime/run/run-folder.ts';
import { compileSource } from '../compile-file.ts';
import type { Context } from '../context.ts';
import { writeFrames } from '../output/diagnostics.ts';
import { readSource } from '../source-files.ts';

/** `exp resume RUN --plan organ.exp --accept schedule.epochs`: going on with another plan, where told what may differ. */

export interface AnotherPlan {
  readonly file: string;
  /** Dotted names, or beginnings of them: `schedule` accepts all of it. */
  readonly accepted: readonly string[];
}

/**
 * What a saved state is made for: its weights and moments, the subjects that it has seen, and how many steps an epoch has.
 * With another one of these it is another run, which may start from the weights.
 */
const NEVER = ['model', 'dataset', 'optimizer.kind', 'optimizer.ema', 'batch_size', 'sampling'] as const;

/**
 * Gives a run another plan.
 *
 * @returns null where the file is wrong, and its diagnostics are written
 * @throws RunError for differences that nobody has accepted, or that nobody can
 */
export function takeAnotherPlan(context: Context, run: RunFolder, { file, accepted }: AnotherPlan): PlanFile | null {
  const source = readSource(context.cwd, file);
  const before = readPlanFile(run.dir);
  const { experiment, profile } = run.info;
  const { planFile: after, diagnostics } = compileSource(
    source,
    { experiment, set: [], ...ofProfile(profile) },
    context,
  );
  writeFrames(context.stderr, context.errors, diagnostics);
  if (hasErrors(diagnostics) || after === null) return null;
  const changes = planChanges(before.plan, after.plan);
  if (changes.length === 0) return before;
  const impossible = changes.filter(({ path }) => isBelow(path, NEVER));
  if (impossible.length > 0)
    throw new RunError(`${run.id} cannot go on as ${file} says now: ${planChangesText(impossible)}`, {
      help: `start a new run, from its weights if you like: weights: "${run.dir}/checkpoints/last" in the model`,
    });
  // A file and a plan may call a setting differently: either name is understood.
  const named = accepted.flatMap((name) => [name, plannedName(name)]);
  const refused = changes.filter(({ path }) => !isBelow(path, named));
  if (refused.length > 0)
    throw new RunError(`${file} says another plan than ${run.id} has: ${planChangesText(refused)}`, {
      help: `accept it with --accept ${[...accepted, ...refused.map(({ path }) => path)].join(',')}, or start a new run`,
    });
  changePlan(run, before, after, source.text);
  return after;
}

function ofProfile(profile: string | null): { readonly profile?: string } {
  return profile === null ? {} : { profile };
}
