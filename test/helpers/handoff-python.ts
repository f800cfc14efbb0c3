import { firstPython } from './python.ts';

/**
 * The Python that has the tools of the places that experiments are handed to (SkyPilot, Azure ML, Jupyter, the schemas of
 * Kubernetes): `EXP_HANDOFF_PYTHON`, or the environment that `test/reference/setup.sh` makes. Null where there is none.
 */
export function handoffPython(): string | null {
  return firstPython(process.env.EXP_HANDOFF_PYTHON, '.venv-handoff', '../.venv-handoff');
}
