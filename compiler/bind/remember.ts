import type { Member } from '../../dsl/ast.ts';
import type { BoundValue } from './bound.ts';
import type { Scope } from './context.ts';
import type { Parameters } from './parameters.ts';

/** Members of experiments that came to the same whatever the parameters are: the runs of a sweep over one share them. */
export type Remembered = Map<Member, BoundValue>;

/**
 * A scope that notices what hangs on more than the text: on a parameter, on a block of the file, or on being reported.
 *
 * @param known kept from one binding of a program to the next
 */
export function rememberingScope(scope: Scope, parameters: Parameters, known: Remembered): Scope {
  let hangs = false;
  return {
    ...scope,
    report: (diagnostic) => {
      hangs = true;
      scope.report(diagnostic);
    },
    evaluate: (expression) => {
      hangs ||= expression.kind === 'reference' && parameters.has(expression.text);
      return scope.evaluate(expression);
    },
    blocks: {
      ...scope.blocks,
      find: (type, name) => {
        hangs = true;
        return scope.blocks.find(type, name);
      },
    },
    remember: (member, bind) => {
      const before = known.get(member);
      if (before !== undefined) return before;
      const outer = hangs;
      hangs = false;
      const bound = bind();
      if (!hangs) known.set(member, bound);
      hangs ||= outer;
      return bound;
    },
  };
}
