import type { AnalysisOptions } from '../compiler/analyse.ts';
import type { Context } from './context.ts';
import { fileReader } from './source-files.ts';

/** What `exp` lets the compiler see of the world: this process's variables, and the files beside the one that is compiled. */
export function outside({ environment, cwd }: Context): AnalysisOptions {
  return { environment: (name) => environment[name], readFile: fileReader(cwd) };
}
