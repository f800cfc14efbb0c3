import { assertNever } from '../../../dsl/assert-never.ts';
import type { Expression } from '../../../dsl/ast.ts';
import type { DiagnosticOptions } from '../../../dsl/diagnostic.ts';
import { spanText } from '../../../dsl/source.ts';
import { reportName } from '../../diagnostics/names-and-types.ts';
import type { Reader } from '../reader.ts';
import { dimensionOf } from './units.ts';

/** An expression in a person's words, for "takes …, not …". */
export function describeExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return expression.unit === null ? `the number ${expression.text}` : describeQuantity(expression, expression.unit);
    case 'string':
      return 'text';
    case 'boolean':
      return `\`${expression.value}\``;
    case 'money':
      return 'an amount of money';
    case 'triple':
      return 'a size of three parts';
    case 'range':
      return 'a range';
    case 'list':
      return 'a list';
    case 'slashed':
      return 'values separated by `/`';
    case 'call':
      return `the call \`${expression.callee.text}(…)\``;
    case 'reference':
      return `the name \`${expression.text}\``;
    case 'phrase':
      return `\`${spanText(expression.span)}\``;
    case 'sequence':
      return 'several values';
    case 'missing':
      return 'nothing';
    default:
      return assertNever(expression);
  }
}

/** `8GB`, an amount of memory: of two dimensions that do not fit, both have a name. */
function describeQuantity(expression: Expression, unit: string): string {
  const dimension = dimensionOf(unit);
  const text = `\`${spanText(expression.span)}\``;
  return dimension === null ? text : `${text}, ${dimension}`;
}

/**
 * Reports that an expression is of the wrong type.
 *
 * @param instead what was meant, where the expression leaves no doubt
 * @returns null, for `return mismatch(…)`
 */
export function mismatch(
  reader: Reader,
  expression: Expression,
  expected: string,
  example: string,
  instead: string | null = null,
): null {
  // What is missing was reported by the parser.
  if (expression.kind === 'missing') return null;
  const parameters = { field: reader.field, expected, found: describeExpression(expression) };
  const options: DiagnosticOptions =
    instead === null
      ? { help: `for example \`${example}\`` }
      : { fix: { title: `write \`${instead}\``, span: expression.span, replacement: instead } };
  reader.report(reportName('EXP2201', expression.span, parameters, options));
  return null;
}
