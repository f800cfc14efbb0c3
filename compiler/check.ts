import type { Diagnostic } from '../dsl/diagnostic.ts';
import type { SourceFile } from '../dsl/source.ts';
import { analyse, type EnvironmentLookup, planUnder, sortedDiagnostics } from './analyse.ts';

export interface CheckOptions {
  readonly environment?: EnvironmentLookup;
}

/**
 * All diagnostics of a file: as it stands, and under each profile that it declares. What several profiles share is
 * reported once.
 */
export function check(source: SourceFile, { environment = () => undefined }: CheckOptions = {}): readonly Diagnostic[] {
  const analysis = analyse(source, [], environment);
  const declared = [...(analysis.bound.experiment?.profiles.values() ?? [])].filter((profile) => !profile.shipped);
  for (const profile of [null, ...declared]) planUnder(analysis, profile);
  return sortedDiagnostics(analysis.diagnostics);
}
