import type { Call, Expression, Parameter, Reference, StringLiteral } from '../../dsl/ast.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { nearestName } from '../../dsl/edit-distance.ts';
import type { Span } from '../../dsl/source.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import { reportName } from '../diagnostics/names-and-types.ts';
import { describeExpression } from '../fields/values/describe.ts';
import { quotedList } from '../names.ts';

/** Parameters and environment values: what a name or an `env(…)` stands for, before a field reads it. */

const SECRETS_BELONG =
  '`username`, `password` and `token` of `mlflow(…)` take secrets, as in `token: secret("MLFLOW_TOKEN")`';

export const PARAMETER_TYPES = ['number', 'string', 'boolean'] as const;
const EXAMPLES = {
  number: 'a number such as `1e-4`',
  string: 'text such as `"T1w"`',
  boolean: '`true` or `false`',
} as const;

export interface Outside {
  readonly report: (diagnostic: Diagnostic) => void;
  /** Reads a variable of the process; undefined where it is not set. */
  readonly environment: (name: string) => string | undefined;
  /** Told of each name that stands for a parameter. */
  readonly onParameter: (use: Reference) => void;
  /** Something could not be read: an unknown name may be a parameter declared there. */
  readonly incomplete: boolean;
}

export type Parameters = ReadonlyMap<string, Expression | null>;

/** Checks the parameters of a file. @param overrides values given by `--set`, by name */
export function bindParameters(
  declared: readonly Parameter[],
  overrides: ReadonlyMap<string, Expression>,
  outside: Outside,
): Parameters {
  const parameters = new Map<string, Expression | null>();
  const spans = new Map<string, Span>();
  for (const { name, type, defaultValue } of declared) {
    if (name.text === '') continue;
    const earlier = spans.get(name.text);
    if (earlier !== undefined) {
      const related = [{ span: earlier, message: 'given here first' }];
      outside.report(reportName('EXP2005', name.span, { name: name.text }, { related }));
      continue;
    }
    spans.set(name.text, name.span);
    parameters.set(name.text, null);
    const known = PARAMETER_TYPES.find((candidate) => candidate === type.text);
    if (known === undefined) {
      if (type.text !== '') {
        const options = { help: `it is ${quotedList(PARAMETER_TYPES)}` };
        outside.report(reportName('EXP2105', type.span, { value: type.text, field: 'param' }, options));
      }
      continue;
    }
    const written = overrides.get(name.text) ?? defaultValue;
    if (written === null) {
      const help = `give it: \`--set ${name.text}=…\`, or a default: \`param ${name.text}: ${type.text} = …\``;
      outside.report(reportName('EXP2303', name.span, { name: name.text }, { help }));
      continue;
    }
    if (written.kind === 'missing') continue;
    const value = evaluate(written, new Map(), outside);
    if (value === null) continue;
    if (value.kind !== known) {
      const found = describeExpression(value);
      const help = `give it ${EXAMPLES[known]}, or declare it as what it is`;
      outside.report(reportName('EXP2304', value.span, { name: name.text, type: known, found }, { help }));
      continue;
    }
    parameters.set(name.text, value);
  }
  return parameters;
}

/**
 * What an expression stands for: a parameter's value for its name, text for `env(…)`, otherwise itself.
 *
 * @returns null after a diagnostic was reported, now or where the parameter is declared
 */
export function evaluate(expression: Expression, parameters: Parameters, outside: Outside): Expression | null {
  if (expression.kind === 'missing') return null;
  if (expression.kind === 'reference') {
    const value = parameters.get(expression.text);
    if (value !== undefined) {
      outside.onParameter(expression);
      return value;
    }
    if (outside.incomplete) return null;
    if (parameters.size === 0) return expression;
    const near = nearestName(expression.text, parameters.keys());
    if (near === null) return expression;
    outside.report(
      reportName('EXP2106', expression.span, { name: expression.text }, didYouMean(near, expression.span)),
    );
    return null;
  }
  if (expression.kind !== 'call') return expression;
  if (expression.callee.text === 'env') return environmentValue(expression, outside);
  if (expression.callee.text === 'secret') {
    outside.report(reportName('EXP2305', expression.span, {}, { help: SECRETS_BELONG }));
    return null;
  }
  return expression;
}

/** The span of what `--set` says of a parameter, or else of the expression. */
export function givenAt(expression: Expression, parameters: Parameters): Span {
  const value = expression.kind === 'reference' ? parameters.get(expression.text) : null;
  return value?.span.file.path === '--set' ? value.span : expression.span;
}

function environmentValue(call: Call, outside: Outside): Expression | null {
  const [name, fallback, ...rest] = call.arguments.map((argument) => argument.value);
  if (name?.kind !== 'string' || (fallback !== undefined && fallback.kind !== 'string') || rest.length > 0) {
    if (name?.kind !== 'missing') {
      const parameters = { field: 'env', expected: 'the name of a variable, and perhaps a default', found: 'this' };
      const help = 'for example `env("DATA_ROOT", "data")`';
      outside.report(reportName('EXP2201', call.span, parameters, { help }));
    }
    return null;
  }
  const value = outside.environment(name.value) ?? fallback?.value;
  if (value !== undefined) return textNode(value, call.span);
  const help = `set it, or give a default: \`env("${name.value}", "…")\``;
  outside.report(reportName('EXP2302', call.span, { name: name.value }, { help }));
  return null;
}

function textNode(value: string, span: Span): StringLiteral {
  return { kind: 'string', span, value, text: JSON.stringify(value) };
}
