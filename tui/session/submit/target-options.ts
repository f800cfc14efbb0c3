import { isTarget, TARGETS, type TargetName } from '../../../compiler/handoff/table.ts';
import type { HandoffJob, Target } from '../../../compiler/handoff/target.ts';
import { nearestName } from '../../../dsl/edit-distance.ts';
import { UsageError } from '../../failures.ts';

/** @throws UsageError for what is no target */
export function readTarget(name: string | undefined): { readonly name: TargetName; readonly target: Target } {
  const known = Object.keys(TARGETS);
  const list = known.join(', ');
  if (name === undefined) throw new UsageError('where to? name a target with --to', `there are ${list}`);
  if (isTarget(name)) return { name, target: TARGETS[name] };
  throw new UsageError(`there is no target ${name}`, suggestion(name, known) ?? `there are ${list}`);
}

/** `--with partition=gpu`, with the target's fallbacks for the rest. @throws UsageError */
export function readTargetOptions(name: string, target: Target, given: readonly string[]): HandoffJob['options'] {
  const { options } = target;
  const help = `see all of them: exp submit --to ${name} --with help`;
  const read = new Map<string, string>();
  for (const text of given) {
    const [option = '', ...rest] = text.split('=');
    if (!Object.hasOwn(options, option))
      throw new UsageError(
        `--with ${text}: ${target.title} has no setting ${option}`,
        suggestion(option, Object.keys(options)) ?? help,
      );
    const value = rest.join('=');
    // They go into scripts and manifests, a line each.
    if (value === '' || /[\p{Cc}]/u.test(value)) throw new UsageError(`--with ${text}: it needs a value`, help);
    read.set(option, value);
  }
  const entries = Object.entries(options).map(([option, { fallback, required, doc, example }]) => {
    const value = read.get(option) ?? fallback;
    if (value === null && required === true)
      throw new UsageError(`${target.title} needs ${option}: ${doc}`, `for example --with ${option}=${example}`);
    return [option, value] as const;
  });
  return Object.fromEntries(entries);
}

function suggestion(name: string, known: readonly string[]): string | null {
  const near = nearestName(name, known);
  return near === null ? null : `did you mean ${near}?`;
}
