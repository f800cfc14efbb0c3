import { spawnSync } from 'node:child_process';

/** Programs that set-up needs, looked for where people have them. */

function runs(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

export function findPython(environment: NodeJS.ProcessEnv = process.env): string | null {
  const candidates = environment.EXP_PYTHON ? [environment.EXP_PYTHON] : ['python3', 'python'];
  return (
    candidates.find((candidate) => runs(candidate, ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))'])) ?? null
  );
}

export function hasPip(python: string): boolean {
  return runs(python, ['-m', 'pip', '--version']);
}

export function compilerNames(environment: NodeJS.ProcessEnv = process.env): readonly string[] {
  return environment.CXX ? [environment.CXX] : ['c++', 'g++', 'clang++'];
}

export function findCompiler(environment: NodeJS.ProcessEnv = process.env): string | null {
  return compilerNames(environment).find((candidate) => runs(candidate, ['--version'])) ?? null;
}
