/** Names are snake_case in `.exp` files and camelCase in TypeScript and in the plan. */

export type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;

/** The names of the tables are few, and each is asked for with every value that is resolved. */
const known = new Map<string, string>();

/** @example camelCase('learning_rate') // 'learningRate' */
export function camelCase(name: string): string {
  const kept = known.get(name);
  if (kept !== undefined) return kept;
  const made = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  if (known.size < MOST_NAMES) known.set(name, made);
  return made;
}

/** A user's own names pass here too, and must not be kept for ever. */
const MOST_NAMES = 1000;

/** @example snakeCase('learningRate') // 'learning_rate' */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
