import type { Origin, PlanFile } from '../../compiler/plan/schema.ts';

/** Where in the `.exp` file a value of the plan stands, as `path:line:column`; null for what no file says. */
export function originLocation(planFile: PlanFile, planPath: string): string | null {
  const origin = originOf(planFile.origins, planPath);
  return origin?.kind === 'file' ? `${origin.path}:${origin.line}:${origin.column}` : null;
}

/** The value's own origin, or that of the block around it, or that of the first value inside it. */
function originOf(origins: PlanFile['origins'], planPath: string): Origin | undefined {
  for (let path = planPath; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('.')))) {
    const origin = origins[path] ?? firstInside(origins, path);
    if (origin !== undefined) return origin;
  }
  return undefined;
}

function firstInside(origins: PlanFile['origins'], path: string): Origin | undefined {
  return Object.keys(origins)
    .filter((key) => key.startsWith(`${path}.`))
    .map((key) => origins[key])
    .filter((origin) => origin?.kind === 'file')
    .sort((a, b) => (a?.kind === 'file' && b?.kind === 'file' ? a.line - b.line : 0))[0];
}
