import type { Expression } from '../../dsl/ast.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { Span } from '../../dsl/source.ts';

/** The outcome of reading an expression; null after a diagnostic was reported. */
export type Read<T> = { readonly value: T } | null;

/** What a type needs while it reads an expression of one field. */
export interface Reader {
  /** The field's name as written, for messages. */
  readonly field: string;
  readonly report: (diagnostic: Diagnostic) => void;
  /** Replaces a parameter's name, `env(…)` by what they stand for; null after a diagnostic was reported. */
  readonly evaluate: (expression: Expression) => Expression | null;
  /** A path written at a span, relative to the folder of the compiled file instead of that of its own file. */
  readonly fromRoot: (path: string, span: Span) => string;
}

export function read<T>(value: T): Read<T> {
  return { value };
}
