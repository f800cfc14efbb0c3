import type { HandoffVariable } from '../../../compiler/handoff/target.ts';
import type { Plan } from '../../../compiler/plan/schema.ts';
import type { Environment } from '../../terminal/terminal.ts';

/** Files and folders that runs read, as their plans name them. */
export function inputsOf(plans: readonly Plan[]): readonly string[] {
  const paths = plans.flatMap(({ dataset: { source }, model: { weights } }) => [
    ...(source.layout === 'phantom' ? [] : [source.root]),
    ...(weights === null ? [] : [weights]),
  ]);
  return [...new Set(paths)];
}

/** MLflow's own variables; an address may hold credentials. */
const MLFLOW: readonly HandoffVariable[] = [
  { name: 'MLFLOW_TRACKING_URI', secret: true },
  { name: 'MLFLOW_TRACKING_USERNAME', secret: false },
  { name: 'MLFLOW_TRACKING_PASSWORD', secret: true },
  { name: 'MLFLOW_TRACKING_TOKEN', secret: true },
];

/** The variables that runs read: secrets that the plans name, and those of MLflow that are set here. Names alone. */
export function variablesOf(plans: readonly Plan[], environment: Environment): readonly HandoffVariable[] {
  const tracks = plans.flatMap(({ track }) => track ?? []);
  if (tracks.length === 0) return [];
  const named = tracks.flatMap(({ username, password, token }) =>
    [username, password, token].flatMap((value) => (value !== null && typeof value === 'object' ? [value.secret] : [])),
  );
  const names = [...new Set(named)];
  return [
    ...names.map((name) => ({ name, secret: true })),
    ...MLFLOW.filter(({ name }) => !names.includes(name) && (environment[name] ?? '') !== ''),
  ];
}
