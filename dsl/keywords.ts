/**
 * Words that begin a statement. None is reserved: `mlflow(experiment: "organ")` and `model: …` are fine. They only tell
 * where a statement begins when several share a line (`every 2 epochs schedule { … }`).
 */
export const STATEMENT_KEYWORDS = ['import', 'param', 'experiment', 'environment', 'expect'] as const;

export const BLOCK_KEYWORDS = ['dataset', 'model', 'augment', 'schedule', 'sweep', 'profile'] as const;

const ALL: ReadonlySet<string> = new Set([...STATEMENT_KEYWORDS, ...BLOCK_KEYWORDS]);

export function isKeyword(word: string): boolean {
  return ALL.has(word);
}

/** Words of a phrase that are never the unit of the number before them: `patience 20 on val.dice`. */
const CONNECTIVES: ReadonlySet<string> = new Set([
  'on',
  'of',
  'per',
  'to',
  'for',
  'from',
  'and',
  'or',
  'at',
  'after',
  'before',
]);

export function isConnective(word: string): boolean {
  return CONNECTIVES.has(word);
}
