// Long campaigns of tests that the suite runs in short: `node bench/survival.mjs kills --count 200 --seed 1`,
// `node bench/survival.mjs outage --minutes 60`, `node bench/survival.mjs sweep --runs 64 --jobs 16`.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '60' },
    runs: { type: 'string', default: '64' },
    jobs: { type: 'string', default: '16' },
  },
});
const CAMPAIGNS = {
  kills: { EXP_KILLS: values.count, EXP_KILLS_SEED: values.seed },
  outage: { EXP_OUTAGE_MINUTES: values.minutes },
  sweep: { EXP_SWEEP_RUNS: values.runs, EXP_SWEEP_JOBS: values.jobs },
};
const [name] = positionals;
const settings = CAMPAIGNS[name];
if (settings === undefined) {
  process.stderr.write(`which campaign? ${Object.keys(CAMPAIGNS).join(' or ')}\n`);
  process.exit(1);
}
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', `test/survival/${name}.test.ts`, '--disable-console-intercept'],
  { cwd: root, stdio: 'inherit', env: { ...process.env, ...settings } },
);
process.exitCode = status ?? 1;
