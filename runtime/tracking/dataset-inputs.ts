import type { RunEventOf } from '../events/schema.ts';
import { MLFLOW_LIMITS, truncate } from './log-batch.ts';
import type { MlflowDatasetInput } from './mlflow-schema.ts';

/** Names of MLflow's own contexts, and what the data set of that context is called beside the whole one. */
const CONTEXTS = [
  { set: 'train', context: 'training', suffix: '' },
  { set: 'validation', context: 'validation', suffix: '-validation' },
  { set: 'test', context: 'testing', suffix: '-test' },
] as const;

/** One row is a case, with a file for each column. */
const COLUMNS = ['image', 'label'];
const SCHEMA = JSON.stringify({
  mlflow_colspec: COLUMNS.map((name) => ({ type: 'string', name, required: true })),
});

/** The parts of the data set by name and digest. Subjects are counted, not named: names can identify patients. */
export function datasetInputs({ name, digest, source, subjects }: RunEventOf<'data'>): readonly MlflowDatasetInput[] {
  return CONTEXTS.filter(({ set }) => subjects[set].length > 0).map(({ set, context, suffix }) => ({
    tags: [{ key: 'mlflow.data.context', value: context }],
    dataset: {
      name: truncate(name, MLFLOW_LIMITS.datasetNameLength - suffix.length) + suffix,
      digest: digest.slice(0, MLFLOW_LIMITS.datasetDigestLength),
      source_type: 'local',
      source: JSON.stringify({ uri: source }),
      schema: SCHEMA,
      profile: JSON.stringify({ num_rows: subjects[set].length, num_elements: COLUMNS.length * subjects[set].length }),
    },
  }));
}
