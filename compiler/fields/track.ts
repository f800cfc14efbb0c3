import { reportName } from '../diagnostics/names-and-types.ts';
import { type CallChoice, callVariant, defaulted, NO_FIELDS, optional, type Scalar } from './field.ts';
import { aliasName, registeredName } from './values/registry.ts';
import { orSecret, secret } from './values/secrets.ts';
import { flag, text } from './values/words.ts';

const address = text('"http://127.0.0.1:5000"');

/** An address stands in plans and on screens, so that it must not hold a password, wherever it comes from. */
const serverAddress: Scalar<string> = {
  ...address,
  read: (expression, reader) => {
    const uri = address.read(expression, reader);
    if (uri === null || !/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.test(uri.value)) return uri;
    const help = 'say them apart: `username: "…", password: secret("MLFLOW_PASSWORD")`';
    reader.report(reportName('EXP2306', expression.span, { field: reader.field }, { help }));
    return null;
  },
};

export const TRACK = {
  kind: 'callChoice',
  noun: 'tracker',
  variants: {
    mlflow: callVariant('Reports the run to an MLflow server.', {
      experiment: optional(text('"organ"'), 'The MLflow experiment; without it, one of this experiment’s name.'),
      uri: optional(serverAddress, 'The server; without it, MLFLOW_TRACKING_URI when the run starts.'),
      username: optional(
        orSecret(text('"anna"')),
        'Who reports; without it, MLFLOW_TRACKING_USERNAME when the run starts.',
      ),
      password: optional(secret, 'The password that goes with `username`.'),
      token: optional(secret, 'An access token, in place of a password; without it, MLFLOW_TRACKING_TOKEN.'),
      register: optional(registeredName, 'Registers the best model as a new version of the model of this name.'),
      alias: optional(aliasName, 'The alias that this version takes over in the registry.'),
      cases: defaulted(flag, true, 'Whether tables and pictures of single cases, which name subjects, go there too.'),
    }),
    none: callVariant('Keeps the run in its folder only.', NO_FIELDS),
  },
} as const satisfies CallChoice;
