import { type CompileOptions, compile, profilesOf } from '../../compiler/compile.ts';
import type { SourceFile } from '../../dsl/source.ts';

/** `// --profile mac-test --set seed=1` in the first line; null where there is no such line. */
export function commandLineOf(source: SourceFile): CompileOptions | null {
  const line = /^\/\/ (--(?:profile|set) .*)$/m.exec(source.text.split('\n', 1)[0] ?? '')?.[1];
  if (line === undefined) return null;
  const set: string[] = [];
  let profile: string | null = null;
  for (const option of line.split(/ (?=--)/)) {
    if (option.startsWith('--set ')) set.push(option.slice('--set '.length));
    else profile = option.slice('--profile '.length);
  }
  return { profile, set, environment: () => undefined };
}

/** The plans under every profile, with where each value came from. What the graph computes has tests of its own. */
export function dumpPlans(source: SourceFile): string {
  const plans = [null, ...profilesOf(source)].map((profile) => {
    const { planFile } = compile(source, { profile, set: [], environment: () => undefined });
    if (planFile === null) throw new Error(`${source.path} has no plan under ${profile}`);
    const { facts: _, ...plan } = planFile.plan;
    return [profile ?? '(none)', { plan, origins: planFile.origins }];
  });
  return `${JSON.stringify(Object.fromEntries(plans), null, 2)}\n`;
}
