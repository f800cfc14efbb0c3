import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { workerEntry } from '../../../runtime/data/workers/entry.ts';
import { temporaryFolder } from './volumes.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

function place(path: string): string {
  const whole = join(folder.path, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, '');
  return pathToFileURL(whole).href;
}

describe('the worker program', () => {
  it('is found from any file of the bundle', () => {
    const program = place('dist/runtime/data/worker-main.js');
    for (const from of [
      'dist/runtime/training/trainer-main.js',
      'dist/chunks/data-module-A1.js',
      'dist/tui/main.cjs',
    ]) {
      expect(workerEntry(place(from))?.href).toBe(program);
    }
  });

  it('is none when run from sources, or outside a bundle: the work is then done in line', () => {
    expect(workerEntry(place('runtime/data/workers/entry.ts'))).toBeNull();
    expect(workerEntry(place('elsewhere/main.js'))).toBeNull();
  });
});
