import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

/**
 * How much bytecode a function runs before V8 optimizes it: some four times V8's own measure. Most commands end before optimized
 * code has paid for its making; a sweep of thousands of runs gets it a moment later.
 */
const BYTES_BEFORE_OPTIMIZING = 500_000;

/**
 * Runs a bundled program as `require` does, with the code that V8 compiled for the same command before: `exp check` then
 * starts in half the time. Node 22 keeps compiled code by itself; for Node 20 it lies in a folder beside the program,
 * a file for each command, because each needs other parts of the program.
 * @param path of a CommonJS file
 */
export function runProgram(path, command = '') {
  // Before any code is read: V8 takes no kept code that was compiled under other flags.
  setFlagsFromString(`--interrupt-budget=${BYTES_BEFORE_OPTIMIZING}`);
  const require = createRequire(path);
  if (module.enableCompileCache !== undefined) {
    module.enableCompileCache();
    require(path);
    return;
  }
  const name = /^[a-z]+$/.test(command) ? command : 'help';
  const kept = join(dirname(path), 'compiled', `${name}-${process.version}-${process.arch}`);
  const source = module.wrap(readFileSync(path, 'latin1'));
  const script = new Script(source, { filename: path, cachedData: readNewer(kept, path) });
  if (script.cachedDataRejected !== false) process.on('exit', (exitCode) => exitCode === 0 && keep(script, kept));
  script.runInThisContext()({}, require, {}, path, dirname(path));
}

/** What was kept of an older program must never run. */
function readNewer(kept, path) {
  const isNewer = existsSync(kept) && statSync(kept).mtimeMs > statSync(path).mtimeMs;
  return isNewer ? readFileSync(kept) : undefined;
}

/** Renamed into its place, so that nobody reads half of it. Where nothing can be written, each start compiles. */
function keep(script, kept) {
  try {
    mkdirSync(dirname(kept), { recursive: true });
    const written = `${kept}.${process.pid}`;
    writeFileSync(written, script.createCachedData());
    renameSync(written, kept);
  } catch {}
}
