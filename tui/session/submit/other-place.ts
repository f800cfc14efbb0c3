import { profilesOf } from '../../../compiler/compile.ts';
import { belongsTo, environmentsOf, type Target } from '../../../compiler/handoff/target.ts';
import type { PlanEnvironment } from '../../../compiler/plan/schema.ts';
import type { SourceFile } from '../../../dsl/source.ts';
import { compileOptions, compileSource } from '../../compile-file.ts';
import type { Context } from '../../context.ts';
import { painter } from '../../terminal/style.ts';
import type { SubmitOptions } from './options.ts';

/** A plan for AWS that is handed to SLURM: what it says of time and cost is of a machine that the target does not have. */
export function warnOfOtherPlace(
  context: Context,
  source: SourceFile,
  target: Target,
  options: SubmitOptions,
  environment: PlanEnvironment,
): void {
  if (belongsTo(environment, target)) return;
  const paint = painter(context.errors.color);
  const profiles = profilesOf(source, compileOptions(options, context)).filter((profile) => {
    const { planFile } = compileSource(source, { ...options, profile }, context);
    const planned = planFile?.plan.environment;
    return planned !== undefined && planned.name !== 'local' && belongsTo(planned, target);
  });
  const said = `${environment.name} is no machine of ${target.title}: time and cost are those of another place`;
  const there = profiles.length === 0 ? '' : `profiles of this file for it: ${profiles.join(', ')}; `;
  const help = `${there}a profile \`on\` one of ${environmentsOf(target).join(', ')}, or on an environment that the file declares`;
  context.stderr.write(`${paint('warning', 'warning')}: ${said}\n  ${paint('help:', 'accent')} ${help}\n`);
}
