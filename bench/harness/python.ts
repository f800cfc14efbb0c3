import { existsSync } from 'node:fs';

/** A Python with MONAI, as test/reference/setup.sh makes one; null where there is none, and then there is no peer. */
export function referencePython(): string | null {
  const candidates = [process.env.EXP_REFERENCE_PYTHON, '.venv/bin/python', '../.venv-ref/bin/python'];
  return candidates.find((path) => path !== undefined && existsSync(path)) ?? null;
}
