import { profilesOf } from '../../../compiler/compile.ts';
import { belongsTo, environmentsOf, type Target } from '../../../compiler/handoff/target.ts';
import type { PlanEnvironment } from '../../../compiler/plan/schema.ts';
import type { SourceFile } from '../../../dsl/source.ts';
import { compileOptions, compileSource } from '../../compile-file.ts';
import type { Context } from '../../context.ts';
import { painter } from '../../terminal/style.ts';
import type { SubmitOptions } from './options.ts';

/** The environment of a plan without a profile. */
const LOCAL = 'local';

/**
 * A plan for AWS that is handed to SLURM, or one for the machine at hand, which asks the target for no GPU: what it says of
 * time and cost is of another machine than the one that trains.
 */
export function warnOfOtherPlace(
  context: Context,
  source: SourceFile,
  target: Target,
  options: SubmitOptions,
  environment: PlanEnvironment,
): void {
  const isOfHere = environment.name === LOCAL && environment.gpu === null;
  if (!isOfHere && belongsTo(environment, target)) return;
  const paint = painter(context.errors.color);
  const profiles = profilesOf(source, compileOptions(options, context)).filter((profile) => {
    const { planFile } = compileSource(source, { ...options, profile }, context);
    const planned = planFile?.plan.environment;
    return planned !== undefined && planned.name !== LOCAL && belongsTo(planned, target);
  });
  const said = isOfHere
    ? `this is planned for the machine at hand: ${target.title} is asked for no GPU, and time and cost are those of here`
    : `${environment.name} is no machine of ${target.title}: time and cost are those of another place`;
  const there = profiles.length === 0 ? '' : `profiles of this file for it: ${profiles.join(', ')}; `;
  const help = `choose another by --profile: ${there}a profile \`on\` one of ${environmentsOf(target).join(', ')}, or on an environment that the file declares`;
  context.stderr.write(`${paint('warning', 'warning')}: ${said}\n  ${paint('help:', 'accent')} ${help}\n`);
}
