import { expect } from 'vitest';

/** A run on an MLflow server that exp did not start, with a curve. @returns its id */
export async function foreignRun(uri: string, experimentName: string, runName: string): Promise<string> {
  const ask = async (path: string, body: object): Promise<string> => {
    const response = await fetch(`${uri}/api/2.0/mlflow/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect([path, response.status]).toEqual([path, 200]);
    return await response.text();
  };
  const found = await fetch(`${uri}/api/2.0/mlflow/experiments/get-by-name?experiment_name=${experimentName}`);
  const { experiment }: { readonly experiment: { readonly experiment_id: string } } = JSON.parse(await found.text());
  const made: { readonly run: { readonly info: { readonly run_id: string } } } = JSON.parse(
    await ask('runs/create', {
      experiment_id: experiment.experiment_id,
      run_name: runName,
      start_time: Date.now(),
    }),
  );
  const { run_id } = made.run.info;
  for (const step of [1, 2])
    await ask('runs/log-metric', { run_id, key: 'val.dice', value: step / 4, step, timestamp: Date.now() });
  return run_id;
}
