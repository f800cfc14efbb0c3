import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunError } from '../errors.ts';
import { packageRoot } from '../system/package-root.ts';

/** The package of this very exp, for a machine that has none. npm needs a second: it is started early and waited for late. */
export interface Packing {
  /** Moves the package into a folder. @returns its file name @throws RunError when npm cannot pack */
  into(folder: string): Promise<string>;
  /** Removes what was packed, and ends npm if it is still at it. */
  discard(): void;
}

export function startPacking(): Packing {
  const folder = mkdtempSync(join(tmpdir(), 'voxel-exp-pack-'));
  // In a clone as well as in an installed package, these are the files that npm would publish.
  const child = spawn('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
    cwd: packageRoot(),
    stdio: ['ignore', 'ignore', 'pipe'],
    shell: process.platform === 'win32',
  });
  let complaint = '';
  child.stderr.on('data', (bytes) => {
    complaint += bytes;
  });
  const ended = new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => resolve(code === 0 ? null : complaint.trim() || `npm ended with ${code}`));
  });
  return {
    into: async (target) => {
      const problem = await ended;
      const [name] = readdirSync(folder);
      if (problem !== null || name === undefined)
        throw new RunError(`exp cannot be packed for the other machine: ${problem ?? 'npm wrote nothing'}`, {
          help: 'see that `npm` runs here, or name an exp that is installed there: --exp COMMAND',
        });
      mkdirSync(target, { recursive: true });
      // The temporary folder may lie on another disk.
      copyFileSync(join(folder, name), join(target, name));
      return name;
    },
    discard: () => {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
