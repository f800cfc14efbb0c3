import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../helpers/python.ts';
import { bundlePrograms } from '../helpers/trainer-bundle.ts';
import { readCorpus } from './corpus.ts';
import { inputAt } from './inputs.ts';
import { minimise } from './minimise.ts';

/** By hand and for longer: `npm run fuzz -- --inputs 10000000 --seed 1`. */
describe('any text whatever', () => {
  it('is parsed, formatted and checked: no throw, no endless loop, each span within its file', async () => {
    const [program = ''] = await bundlePrograms('test/fuzz/main.ts');
    // In a process of its own, which is ended where it hangs.
    const { stdout, status } = spawnSync(
      process.execPath,
      [program, '--inputs', '30000', '--seed', '20261124', '--seconds', '10'],
      { cwd: repositoryRoot, encoding: 'utf8', timeout: 100_000 },
    );
    expect(stdout).toContain('no failures');
    expect(status).toBe(0);
  }, 120_000);

  it('is the same for the same seed', () => {
    const corpus = readCorpus(repositoryRoot);
    const some = (seed: number) => Array.from({ length: 50 }, (_, index) => inputAt(seed, index, corpus).text);
    expect(some(1)).toEqual(some(1));
    expect(some(2)).not.toEqual(some(1));
  });

  it('is made as small as it can be where it fails', () => {
    const text = 'experiment a { patch: 96x96x96 } // and more';
    expect(minimise(text, (smaller) => smaller.includes('{') && smaller.includes('9'))).toBe('{9');
  });
});
