import type { Expression } from '../../dsl/ast.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { Span } from '../../dsl/source.ts';
import type { Reader } from '../fields/reader.ts';
import type { Layer } from './bound.ts';

/** What binding a layer needs. */
export interface BindContext {
  readonly layer: Layer;
  readonly report: (diagnostic: Diagnostic) => void;
  readonly evaluate: (expression: Expression) => Expression | null;
  /** Where a value was given: elsewhere than its expression where that is a parameter set on the command line. */
  readonly givenAt: (expression: Expression) => Span;
}

export function readerOf(context: BindContext, field: string): Reader {
  return { field, report: context.report, evaluate: context.evaluate };
}
