import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { compile } from '../compiler/compile.ts';
import { trainingProgram } from '../compiler/graph/programs.ts';
import { show } from './harness/compare.ts';
import { benchOptions } from './harness/options.ts';
import { NETWORKS, planOf } from './harness/plans.ts';
import { record, Watch } from './harness/record.ts';
import { cpuSeconds } from './harness/subjects.ts';

/**
 * Milliseconds from text to plan, from plan to a training step's graph with its gradients and schedule, and of whole commands.
 *
 *   npm run bench:compile -- [--quick]
 */

const FILE = 'experiments/swin.exp';

const { quick, wants } = benchOptions();
const repeats = quick ? 5 : 11;

/** The first is a fresh process's, the rest are those of a language server. */
function timed(work: () => void): number[] {
  return Array.from({ length: repeats }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
}

function runNode(words: readonly string[]): void {
  const run = spawnSync(process.execPath, words, { stdio: 'ignore' });
  if (run.status !== 0) throw new Error(`node ${words.join(' ')} ended with ${run.status}`);
}

function runCommand(words: readonly string[]): void {
  runNode(['bin/exp.mjs', ...words]);
}

const text = readFileSync(FILE, 'utf8');
const swin48 = planOf('swin48', ['patch: 96x96x96']);
const CASES: Readonly<Record<string, () => void>> = {
  'swin.exp to plan, in process': () => {
    const options = { profile: null, set: [], environment: () => undefined };
    if (compile({ path: FILE, text }, options).planFile === null) throw new Error(`${FILE} does not compile`);
  },
  [`${NETWORKS.swin48.name}, 96³, plan to graph and schedule, in process`]: () => {
    trainingProgram(swin48);
  },
  // What of the next ones is Node's own.
  'node alone, whole command': () => runNode(['-e', '0']),
  'exp --help, whole command': () => runCommand(['--help']),
  'exp check quickstart.exp, whole command': () => runCommand(['check', 'experiments/quickstart.exp']),
  'exp check swin.exp, whole command': () => runCommand(['check', FILE]),
  'exp plan swin.exp, whole command': () => runCommand(['plan', FILE]),
};

for (const [name, work] of Object.entries(CASES)) {
  if (!wants(name)) continue;
  const watch = new Watch();
  const before = cpuSeconds();
  const [first = 0, ...later] = timed(work);
  watch.add(name.includes('whole') ? null : cpuSeconds() - before);
  const metrics = { first_ms: [first], later_ms: later };
  record({ bench: 'compile', case: name, subject: 'exp', metrics, quick, conditions: watch.conditions() });
  show(name, 'exp', metrics);
}
