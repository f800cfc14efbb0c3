import { assertNever } from './assert-never.ts';
import type * as A from './ast.ts';
import type { Diagnostic } from './diagnostic.ts';
import { belongsAtTop } from './syntax-mistakes.ts';

/** Statements are read wherever they stand; here it is seen whether they may stand there. */
export type Statement = A.TopLevel | A.Member;

export function isTopLevel(statement: Statement): statement is A.TopLevel {
  switch (statement.kind) {
    case 'setting':
    case 'callStatement':
    case 'expectation':
      return false;
    case 'import':
    case 'parameter':
    case 'experiment':
    case 'environment':
    case 'block':
    case 'broken':
      return true;
    default:
      return assertNever(statement);
  }
}

/** What stands in a block; broken, and reported, where it belongs at the top of the file. */
export function asMember(statement: Statement, report: (diagnostic: Diagnostic) => void): A.Member {
  switch (statement.kind) {
    case 'import':
    case 'experiment':
    case 'environment':
      report(belongsAtTop(statement.span, statement.kind));
      return { kind: 'broken', span: statement.span };
    case 'setting':
    case 'block':
    case 'callStatement':
    case 'expectation':
    case 'parameter':
    case 'broken':
      return statement;
    default:
      return assertNever(statement);
  }
}
