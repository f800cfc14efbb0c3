import type { Call } from '../../../dsl/ast.ts';
import { reportName } from '../../diagnostics/names-and-types.ts';
import type { Scalar } from '../field.ts';
import { type Read, type Reader, read } from '../reader.ts';
import { mismatch } from './describe.ts';

/** A variable of the process, by its name: the plan carries the name, and the run reads the value where it uses it. */
export interface SecretReference {
  readonly secret: string;
}

const EXAMPLE = 'secret("MLFLOW_TOKEN")';

/** `secret("MLFLOW_TOKEN")`; nothing else, so that no plan, log or record ever holds the value. */
export const secret: Scalar<SecretReference> = {
  kind: 'scalar',
  describe: 'a secret',
  example: EXAMPLE,
  words: ['secret'],
  textual: false,
  read: (expression, reader) => {
    if (expression.kind === 'call' && expression.callee.text === 'secret') return readSecret(expression, reader);
    const value = reader.evaluate(expression);
    return value === null ? null : mismatch(reader, value, secret.describe, EXAMPLE);
  },
};

/** A value that need not be secret, but may be. */
export function orSecret<T>(inner: Scalar<T>): Scalar<T | SecretReference> {
  return {
    ...inner,
    describe: `${inner.describe}, or a secret`,
    words: [...inner.words, ...secret.words],
    read: (expression, reader) =>
      expression.kind === 'call' && expression.callee.text === 'secret'
        ? readSecret(expression, reader)
        : inner.read(expression, reader),
  };
}

function readSecret(call: Call, reader: Reader): Read<SecretReference> {
  const [name, ...more] = call.arguments;
  const value = name?.value;
  if (value?.kind === 'missing') return null;
  if (value?.kind === 'string' && /^[A-Za-z_]\w*$/.test(value.value) && name?.name === null && more.length === 0) {
    return read({ secret: value.value });
  }
  const parameters = { field: 'secret', expected: 'the name of a variable', found: 'this' };
  reader.report(reportName('EXP2201', call.span, parameters, { help: `for example \`${EXAMPLE}\`` }));
  return null;
}
