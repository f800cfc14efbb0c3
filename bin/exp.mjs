#!/usr/bin/env node
// Starts `exp`. From a clone it bundles the sources first when they are newer; the packed package brings them bundled.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './run-program.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [major] = process.versions.node.split('.').map(Number);

function refuse(message) {
  process.stderr.write(`exp: ${message}\n`);
  process.exit(2);
}

if (major < 20) refuse(`Node ${process.versions.node} is too old; install Node 20 or newer`);

const isClone = existsSync(join(root, 'tsconfig.json')) && existsSync(join(root, 'dsl'));
if (isClone) {
  const { build, isStale } = await import('./build.mjs');
  if (isStale()) {
    try {
      await build();
    } catch (error) {
      if (error?.code === 'ERR_MODULE_NOT_FOUND')
        refuse(`the dependencies are not installed; run \`npm ci\` in ${root}`);
      refuse(`the sources do not build: ${error?.message ?? error}`);
    }
  }
}

const program = join(root, 'dist', 'tui', 'main.cjs');
if (!existsSync(program)) refuse('this package was packed without its programs; pack it with `npm run package`');
runProgram(program, process.argv[2]);
