import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../helpers/cli.ts';
import { repositoryRoot } from '../helpers/python.ts';

/** `bin/run-program.mjs`: a program runs with the code that was compiled on an earlier start, and never with that of an older one. */

const launcher = pathToFileURL(join(repositoryRoot, 'bin/run-program.mjs')).href;

/** Newer by a second each time, as a build is. */
let seconds = Date.now() / 1000 - 1000;

function writeProgram(path: string, text: string): void {
  writeFileSync(path, text);
  utimesSync(path, seconds, seconds);
  seconds += 1;
}

function start(path: string, command: string) {
  const source = `import { runProgram } from ${JSON.stringify(launcher)}; runProgram(${JSON.stringify(path)}, '${command}');`;
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
    encoding: 'utf8',
  });
  return [stdout, status];
}

describe('a program that is started again', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'program.cjs');
  const compiled = join(folder, 'compiled');
  const unwritable = temporaryFolder({ compiled: 'a file, where a folder would be made' });

  it('does the same, from the code that was kept', () => {
    writeProgram(path, "console.log(require('node:path').basename(__filename), 'one');");
    expect(start(path, 'check')).toEqual(['program.cjs one\n', 0]);
    expect(start(path, 'check')).toEqual(['program.cjs one\n', 0]);
  });

  // Node 22 keeps compiled code in a place of its own.
  it.runIf(!('enableCompileCache' in module))('keeps a file for each command that went well', () => {
    start(path, '../elsewhere');
    const kept = readdirSync(compiled).sort();
    expect(kept.map((name) => name.split('-')[0])).toEqual(['check', 'help']);
    writeProgram(path, 'process.exitCode = 1;');
    expect(start(path, 'plan')).toEqual(['', 1]);
    expect(readdirSync(compiled).sort()).toEqual(kept);
  });

  it('never runs an older one, not even of the same length', () => {
    writeProgram(path, "console.log('two');");
    expect(start(path, 'check')).toEqual(['two\n', 0]);
    // What is kept is as old as this program now.
    for (const name of existsSync(compiled) ? readdirSync(compiled) : [])
      utimesSync(join(compiled, name), seconds, seconds);
    writeProgram(path, "console.log('six');");
    expect(start(path, 'check')).toEqual(['six\n', 0]);
  });

  it('starts where nothing can be written', () => {
    const blocked = join(unwritable, 'program.cjs');
    writeProgram(blocked, "console.log('here');");
    expect(start(blocked, 'check')).toEqual(['here\n', 0]);
  });
});
