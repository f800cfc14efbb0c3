import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Real data for tests lies beside the clone; null where it does not, and the test that needs it says so and skips. */
export const sharedData: string | null =
  [join(repositoryRoot, '../shared/data')].find((path) => existsSync(path)) ?? null;

/**
 * The Python that has MONAI, nibabel and MLflow: `EXP_REFERENCE_PYTHON`, or the virtual environment that
 * `test/reference/setup.sh` makes. Null where there is none.
 */
export function referencePython(): string | null {
  return firstPython(process.env.EXP_REFERENCE_PYTHON, '.venv', '../.venv-ref');
}

/** What the environment names, or the first of these virtual environments of the repository that is there. */
export function firstPython(named: string | undefined, ...environments: readonly string[]): string | null {
  const made = environments.map((folder) => join(repositoryRoot, folder, 'bin/python'));
  return [named, ...made].find((path): path is string => path !== undefined && existsSync(path)) ?? null;
}

/** Whether the reference Python can import a module; asked once a module. */
export function pythonHas(module: string): boolean {
  const python = referencePython();
  if (python === null) return false;
  const known = availability.get(module);
  if (known !== undefined) return known;
  const found =
    spawnSync(python, [
      '-c',
      `import importlib.util,sys; sys.exit(importlib.util.find_spec(${JSON.stringify(module)}) is None)`,
    ]).status === 0;
  availability.set(module, found);
  return found;
}

const availability = new Map<string, boolean>();
