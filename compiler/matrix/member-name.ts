import type { PlanFold } from '../plan/schema.ts';

/** `learning_rate=0.0001,feature_size=24,fold=2`; whole paths where two settings end in the same name. */
export function memberName(settings: Readonly<Record<string, string>>, fold: PlanFold | null): string {
  const paths = Object.keys(settings);
  const last = (path: string) => path.slice(path.lastIndexOf('.') + 1);
  const isShared = (path: string) => paths.some((other) => other !== path && last(other) === last(path));
  const parts = paths.map((path) => `${isShared(path) ? path : last(path)}=${settings[path]}`);
  return [...parts, ...(fold === null ? [] : [`fold=${fold.index}`])].join(',');
}
