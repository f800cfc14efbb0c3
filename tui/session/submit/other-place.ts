import { profilesOf } from '../../../compiler/compile.ts';
import { belongsTo, environmentsOf, type Target } from '../../../compiler/handoff/target.ts';
import type { PlanEnvironment } from '../../../compiler/plan/schema.ts';
import type { SourceFile } from '../../../dsl/source.ts';
import { compileOptions, compileSource } from '../../compile-file.ts';
import type { Context } from '../../context.ts';
import { printWarning } from '../../failures.ts';
import { isHere } from '../../outlook.ts';
import type { SubmitOptions } from './options.ts';

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
  const isOfHere = isHere(environment) && environment.gpu === null;
  if (!isOfHere && belongsTo(environment, target)) return;
  const profiles = profilesOf(source, compileOptions(options, context)).filter((profile) => {
    const { planFile } = compileSource(source, { ...options, profile }, context);
    const planned = planFile?.plan.environment;
    return planned !== undefined && !isHere(planned) && belongsTo(planned, target);
  });
  const said = isOfHere
    ? `this is planned for the machine at hand: ${target.title} is asked for no GPU, and time and cost are those of here`
    : `${environment.name} is no machine of ${target.title}: time and cost are those of another place`;
  const there = profiles.length === 0 ? '' : `profiles of this file for it: ${profiles.join(', ')}; `;
  const help = `choose another by --profile: ${there}a profile \`on\` one of ${environmentsOf(target).join(', ')}, or on an environment that the file declares`;
  printWarning(context, said, help);
}
