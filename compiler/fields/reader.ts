import type { Expression } from '../../dsl/ast.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';

/** The outcome of reading an expression; null after a diagnostic was reported. */
export type Read<T> = { readonly value: T } | null;

/** What a type needs while it reads an expression of one field. */
export interface Reader {
  /** The field's name as written, for messages. */
  readonly field: string;
  readonly report: (diagnostic: Diagnostic) => void;
  /** Replaces a parameter's name, `env(…)` by what they stand for; null after a diagnostic was reported. */
  readonly evaluate: (expression: Expression) => Expression | null;
}

export function read<T>(value: T): Read<T> {
  return { value };
}
