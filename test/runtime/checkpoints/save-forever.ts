import { saveCheckpoint } from '../../../runtime/checkpoints/checkpoint.ts';
import { contextOf, progressAt, vectorsOf } from './samples.ts';

/** A process that does nothing but save checkpoints, until it is killed: `node save-forever.js RUN_FOLDER FIRST_STEP`. */
const [runDir = '', first = '1'] = process.argv.slice(2);
const context = contextOf(runDir);
for (let step = Number(first); ; step++) {
  saveCheckpoint(context, 'last', vectorsOf(context, step), progressAt(step));
  process.stdout.write(`${step}\n`);
}
