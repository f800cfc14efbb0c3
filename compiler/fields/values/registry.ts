import { reportName } from '../../diagnostics/names-and-types.ts';
import type { Scalar } from '../field.ts';
import { read } from '../reader.ts';
import { text } from './words.ts';

/** Names that MLflow's model registry takes; what it would refuse at the end of a training is found before the start. */

/** @see mlflow/utils/validation.py, `_validate_model_name` */
export const registeredName = named(
  '"organ-segmenter"',
  'the name of a registered model, without `/` and `:`',
  (name) => name.trim() !== '' && !/[/:]/.test(name) && name !== '.' && name !== '..',
);

/** @see mlflow/utils/validation.py, `_validate_model_alias_name` and its reserved names */
export const aliasName = named(
  '"champion"',
  'an alias of letters, digits, `_` and `-`, neither `latest` nor a version such as `v1`',
  (name) => /^[A-Za-z0-9_-]{1,255}$/.test(name) && !/^(latest|v\d+)$/i.test(name),
);

function named(example: string, describe: string, isValid: (name: string) => boolean): Scalar<string> {
  const any = text(example);
  return {
    ...any,
    read: (expression, reader) => {
      const name = any.read(expression, reader);
      if (name === null || isValid(name.value)) return name === null ? null : read(name.value);
      const parameters = { field: reader.field, expected: describe, found: `\`${name.value}\`` };
      reader.report(reportName('EXP2201', expression.span, parameters, { help: `for example \`${example}\`` }));
      return null;
    },
  };
}
