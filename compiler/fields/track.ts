import { type CallChoice, callVariant, NO_FIELDS, optional } from './field.ts';
import { text } from './values/words.ts';

export const TRACK = {
  kind: 'callChoice',
  noun: 'tracker',
  variants: {
    mlflow: callVariant('Reports the run to an MLflow server.', {
      experiment: optional(text('"organ"'), 'The MLflow experiment; without it, one of this experiment’s name.'),
      uri: optional(
        text('"http://127.0.0.1:5000"'),
        'The server; without it, MLFLOW_TRACKING_URI when the run starts.',
      ),
    }),
    none: callVariant('Keeps the run in its folder only.', NO_FIELDS),
  },
} as const satisfies CallChoice;
