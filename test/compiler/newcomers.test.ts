import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../compiler/analyse.ts';
import { check } from '../../compiler/check.ts';
import { compileMatrix } from '../../compiler/matrix/compile-matrix.ts';
import type { ReadFile } from '../../compiler/modules/read-file.ts';

/** Files as somebody writes them who has read the page on the language, and nothing else: each of them has to compile. */

const folder = join(dirname(fileURLToPath(import.meta.url)), 'newcomer-files');
const readFile: ReadFile = (path) => readFileSync(join(folder, path), 'utf8');
const variables: Readonly<Record<string, string>> = { DATA_ROOT: '/data/organ', MLFLOW_PASSWORD: 'secret' };
const outside = { readFile, environment: (name: string) => variables[name] };

const names = readdirSync(folder).filter((name) => name.endsWith('.exp'));

describe.each(names)('%s', (name) => {
  const source = { path: name, text: readFileSync(join(folder, name), 'utf8') };

  it('has no mistakes, and nothing to warn of', () => {
    expect(check(source, outside).map(({ code, message }) => `${code} ${message}`)).toEqual([]);
  });

  it('has a plan under each of its profiles, or one for each run', () => {
    const { runnable } = analyse(source, [], outside).bound;
    expect(runnable.length).toBeGreaterThan(0);
    for (const experiment of runnable) {
      const own = [...experiment.profiles.values()].filter(({ shipped }) => !shipped);
      for (const profile of [null, ...own.map((each) => each.name)]) {
        const options = { experiment: experiment.name, profile, set: [], ...outside };
        const compiled = compileMatrix(source, options);
        expect(compiled.kind === 'run' ? compiled.planFile : compiled.matrix, `${profile}`).not.toBeNull();
      }
    }
  });
});
