import { type DiagnosticTable, diagnosticCreator } from '../../dsl/diagnostic.ts';

/** What is wrong with a sweep or with folds, as opposed to one of their runs. */
export const MATRIX_DIAGNOSTICS = {
  EXP2401: {
    severity: 'error',
    message: 'a {strategy} sweep takes {expected} for `{path}`, not {found}',
    explanation: `A sweep names settings and the values to try for each. A grid tries every combination, so it needs lists:

    sweep { optimizer.learning_rate: [1e-4, 3e-4]  model.feature_size: [24, 48] }

A random sweep draws from lists and from ranges, even or by magnitude; whole numbers stay whole:

    sweep random(trials: 20, seed: 1) {
      optimizer.learning_rate: log(1e-5..1e-3)
      optimizer.weight_decay: 0.0..1e-2
      model.init_filters: [8, 16, 32]
    }`,
  },
  EXP2402: {
    severity: 'error',
    message: '{what} gives nothing to try',
    explanation: `A sweep without settings, or a setting with an empty list, describes no run. Write the values, or remove it; in a
profile, \`sweep: none\` switches the experiment's sweep off.`,
  },
  EXP2403: {
    severity: 'error',
    message: 'the sweep tries `{value}` for `{path}` twice',
    explanation: `The same values give the same run, bit for bit: trying them twice costs twice and tells nothing. To see how much
chance matters, sweep the seed: \`sweep { seed: [1, 2, 3] }\`.`,
  },
  EXP2404: {
    severity: 'error',
    message: '`{range}` cannot be drawn by magnitude: its bounds must be above 0',
    explanation: `\`log(a..b)\` draws so that each power of ten is as likely as the next; zero has no magnitude. Start at the smallest
value that makes a difference (\`log(1e-6..1e-2)\`), or draw evenly: \`0.0..1e-2\`.`,
  },
  EXP2405: {
    severity: 'error',
    message: '`{range}` is no range to draw from: {reason}',
    explanation: `A range runs from its smaller to its larger bound, both in the same unit: \`1e-5..1e-3\`, \`10%..50%\`, \`2..8\`.`,
  },
  EXP2406: {
    severity: 'error',
    message: '`{path}` is the same for all runs of a sweep: {reason}',
    explanation: `A sweep changes what runs learn with, and ranks them by one metric. What describes, tracks, pays for or ranks the runs
belongs to the sweep as a whole. To compare such settings, make two experiments.`,
  },
  EXP2407: {
    severity: 'error',
    message: '{trials} trials are more than the {combinations} combinations of the lists',
    explanation: `A random sweep never tries the same values twice, and lists have only so many combinations. A grid tries them all:
\`sweep { … }\` without \`random\`. Otherwise ask for fewer trials, or add values.`,
  },
  EXP2408: {
    severity: 'error',
    message: 'this makes {count} runs, more than the {limit} that one matrix may have',
    explanation: `A grid multiplies: six settings with ten values each are a million runs. Try fewer values, or draw some of the
combinations: \`sweep random(trials: 100, seed: 1) { … }\`. Folds multiply too: each trial runs once a fold.`,
  },
  EXP2409: {
    severity: 'error',
    message: 'halving does not go together with folds',
    explanation: `Halving stops a run that others beat after as many epochs. The folds of one setting have other validation subjects,
so that a fold which is harder than the others would be stopped for its subjects, not for its setting. Halve without folds,
and cross-validate what came out best:

    sweep random(trials: 30) { optimizer.learning_rate: log(1e-5..1e-2)  stop: halving(after: 5 epochs) }
    profile thorough { folds: 5  sweep: none  optimizer: adamw(learning_rate: 3e-4) }`,
  },
  EXP2410: {
    severity: 'error',
    message: 'halving compares runs of one schedule, and these differ in `{path}`',
    explanation: `Runs are compared after as many epochs, by validations of the same epochs. A run of 50 epochs has lowered its
learning rate where one of 200 has not: the comparison would stop the longer one for being longer. Sweep the schedule without
\`stop\`, or halve with one schedule for all.`,
  },
  EXP2411: {
    severity: 'error',
    message: 'halving after {after} epochs stops nothing: a run has {epochs}',
    explanation: `The first comparison has to come before the end of the schedule, at an epoch that is validated: with
\`validate: every 10 epochs\`, \`after: 5 epochs\` compares after epoch 10. What comparisons there are, \`exp plan\` says.`,
  },
} as const satisfies DiagnosticTable;

export const reportMatrix = diagnosticCreator(MATRIX_DIAGNOSTICS);
