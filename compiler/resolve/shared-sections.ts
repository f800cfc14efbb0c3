import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { Sharing } from '../sharing.ts';
import { type ResolveField, resolveField, type ValueOrigin } from './resolve-table.ts';

/** Resolves a section of an experiment once for all runs that have the same; what it tells the resolution is told again. */
export function sharedSections({ of }: Sharing): ResolveField {
  return (name, field, bound, path, owner, resolution) => {
    const section = of(`section ${name}`, [bound ?? field], () => {
      const origins = new Map<string, ValueOrigin>();
      const broken = new Set<string>();
      const incomplete = new Set<string>();
      const reports: Diagnostic[] = [];
      const report = (diagnostic: Diagnostic) => {
        reports.push(diagnostic);
      };
      const resolved = resolveField(name, field, bound, path, owner, { origins, broken, incomplete, report });
      return { resolved, origins, broken, incomplete, reports };
    });
    for (const [at, origin] of section.origins) resolution.origins.set(at, origin);
    for (const at of section.broken) resolution.broken.add(at);
    for (const at of section.incomplete) resolution.incomplete.add(at);
    for (const diagnostic of section.reports) resolution.report(diagnostic);
    // The value of a shared section is shared too.
    of('value', [section], () => section.resolved?.value);
    return section.resolved;
  };
}
