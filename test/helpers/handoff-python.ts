import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './python.ts';

/**
 * The Python that has the tools of the places that experiments are handed to (SkyPilot, Azure ML, Jupyter, the schemas of
 * Kubernetes): `EXP_HANDOFF_PYTHON`, or the environment that `test/reference/setup.sh` makes. Null where there is none.
 */
export function handoffPython(): string | null {
  const candidates = [
    process.env.EXP_HANDOFF_PYTHON,
    join(repositoryRoot, '.venv-handoff/bin/python'),
    join(repositoryRoot, '../.venv-handoff/bin/python'),
  ];
  return candidates.find((path): path is string => path !== undefined && existsSync(path)) ?? null;
}
