import { spanText } from '../../../dsl/source.ts';
import { reportName } from '../../diagnostics/names-and-types.ts';
import type { Scalar } from '../field.ts';

/** A setting that MONAI has and of which we carry out one value so far; any other is an error that says so. */
export function only<T>(inner: Scalar<T>, supported: T, what: string): Scalar<T> {
  return {
    ...inner,
    read: (expression, reader) => {
      const result = inner.read(expression, reader);
      if (result === null || result.value === supported) return result;
      const found = `${what} (\`${reader.field}: ${spanText(expression.span)}\`)`;
      reader.report(reportName('EXP2004', expression.span, { what: found }, { help: `it is \`${supported}\` so far` }));
      return null;
    },
  };
}
