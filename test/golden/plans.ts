import { analyse } from '../../compiler/analyse.ts';
import { type CompileOptions, compile, profilesOf } from '../../compiler/compile.ts';
import type { SourceFile } from '../../dsl/source.ts';
import type { Case } from './stages.ts';

/** `// --profile mac-test --set seed=1` in the first line; null where there is no such line. */
export function commandLineOf(source: SourceFile): CompileOptions | null {
  const line = /^\/\/ (--(?:experiment|profile|set) .*)$/m.exec(source.text.split('\n', 1)[0] ?? '')?.[1];
  if (line === undefined) return null;
  const set: string[] = [];
  let experiment: string | null = null;
  let profile: string | null = null;
  for (const option of line.split(/ (?=--)/)) {
    if (option.startsWith('--set ')) set.push(option.slice('--set '.length));
    else if (option.startsWith('--experiment ')) experiment = option.slice('--experiment '.length);
    else profile = option.slice('--profile '.length);
  }
  return { experiment, profile, set, environment: () => undefined };
}

/**
 * The plans of every experiment to run, under every profile, with where each value came from. What the graph computes has
 * tests of its own.
 */
export function dumpPlans({ source, readFile }: Pick<Case, 'source' | 'readFile'>): string {
  const { bound } = analyse(source, [], { environment: () => undefined, readFile });
  const plans = bound.runnable.flatMap(({ name }) =>
    [null, ...profilesOf(source, { experiment: name, readFile })].map((profile) => {
      const options = { experiment: name, profile, set: [], environment: () => undefined, readFile };
      const { planFile } = compile(source, options);
      if (planFile === null) throw new Error(`${name} in ${source.path} has no plan under ${profile}`);
      const { facts: _, ...plan } = planFile.plan;
      const run = [bound.runnable.length > 1 ? name : '', profile ?? '(none)'].filter((part) => part !== '').join(' ');
      return [run, { plan, origins: planFile.origins }];
    }),
  );
  return `${JSON.stringify(Object.fromEntries(plans), null, 2)}\n`;
}
