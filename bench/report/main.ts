import { writeFileSync } from 'node:fs';
import { describeMachine } from '../harness/machine.ts';
import { readResults } from '../harness/record.ts';
import { reportOf } from './report.ts';

/** Writes docs/performance.md from bench/results.jsonl: `npm run bench:report`. */
const results = readResults();
writeFileSync('docs/performance.md', reportOf(results));
for (const machine of new Set(results.map((result) => describeMachine(result.machine))))
  process.stdout.write(`${machine}\n`);
