import type { Expression, Member } from '../../dsl/ast.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { Span } from '../../dsl/source.ts';
import type { FieldType } from '../fields/field.ts';
import type { Reader } from '../fields/reader.ts';
import type { BoundValue, Layer } from './bound.ts';

/** What names stand for, the same in every layer of a program. */
export interface Scope {
  readonly report: (diagnostic: Diagnostic) => void;
  readonly evaluate: (expression: Expression) => Expression | null;
  /** Where a value was given: elsewhere than its expression where that is a parameter set on the command line. */
  readonly givenAt: (expression: Expression) => Span;
  /** A path written at `span`, as seen from the folder of the compiled file. */
  readonly fromRoot: (path: string, span: Span) => string;
  readonly blocks: NamedBlocks;
  /** Binds a member of an experiment, once for all values of the parameters where it hangs on none of them. */
  readonly remember: (member: Member, bind: () => BoundValue) => BoundValue;
  /** Something could not be read, so that an unknown name may be in it: that is no second mistake. */
  readonly incomplete: boolean;
}

/** The blocks that stand outside of the experiments (`named-blocks.ts`). */
export interface NamedBlocks {
  /** Undefined where there is none of this name; broken where it, or what it is made from, has been reported. */
  readonly find: (type: FieldType, name: string) => BoundValue | undefined;
  readonly names: (type: FieldType) => readonly string[];
}

export const NO_BLOCKS: NamedBlocks = { find: () => undefined, names: () => [] };

/** What binding a layer needs. */
export interface BindContext extends Scope {
  readonly layer: Layer;
}

export function readerOf(context: BindContext, field: string): Reader {
  const { report, evaluate, fromRoot } = context;
  return { field, report, evaluate, fromRoot };
}

/** For what the compiler ships, in which every value stands for itself. */
export function plainScope(report: (diagnostic: Diagnostic) => void): Scope {
  return {
    report,
    evaluate: (expression) => expression,
    givenAt: (expression) => expression.span,
    fromRoot: (path) => path,
    blocks: NO_BLOCKS,
    remember: (_, bind) => bind(),
    incomplete: false,
  };
}
