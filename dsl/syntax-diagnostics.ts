import { type DiagnosticTable, diagnosticCreator } from './diagnostic.ts';

/**
 * Every mistake that can be seen in the text alone. 10xx characters and words, 11xx settings and values, 12xx brackets,
 * 13xx statements. `exp explain CODE` prints the explanation. A test parses both examples of each: the first has to
 * report the code, the second nothing.
 */
export const SYNTAX_DIAGNOSTICS = {
  EXP1001: {
    severity: 'error',
    message: 'unexpected character `{character}`',
    explanation: explain(
      'The language has no use for this character outside of strings and comments. It often comes from pasting, or from another language.',
      'experiment a { cache: memory & workers: 4 }',
      'experiment a { cache: memory  workers: 4 }',
    ),
  },
  EXP1002: {
    severity: 'error',
    message: 'this string is not closed',
    explanation: explain(
      'A string ends on the line on which it starts. A quote within it is written `\\"`, a line break `\\n`.',
      'experiment a { description: "Binary organ segmentation }',
      'experiment a { description: "Binary organ segmentation" }',
    ),
  },
  EXP1003: {
    severity: 'error',
    message: '`*/` missing for this comment',
    explanation: explain(
      'A comment that starts with `/*` goes on until `*/`, also over lines. Without it the rest of the file is comment.',
      'experiment a { }\n/* to do: cross-validation',
      'experiment a { }\n/* to do: cross-validation */',
    ),
  },
  EXP1004: {
    severity: 'error',
    message: 'strings are written in double quotes',
    explanation: explain(
      "Strings stand in straight double quotes: not in single ones, as in Python, and not in a word processor's curved ones.",
      "experiment a { description: 'first try' }",
      'experiment a { description: "first try" }',
    ),
  },
  EXP1005: {
    severity: 'error',
    message: '`{escape}` means nothing in a string',
    explanation: explain(
      'In a string a backslash starts one of `\\"`, `\\\\`, `\\n`, `\\t`, `\\r` and `\\u{…}`. Paths are written with `/` on every system.',
      'experiment a { dataset bids("D:\\organ") }',
      'experiment a { dataset bids("D:/organ") }',
    ),
  },
  EXP1006: {
    severity: 'error',
    message: '`{text}` is not a number',
    explanation: explain(
      'A number has digits on both sides of its point, may end in an exponent (`1e-4`), and is at most about `1.8e308`.',
      'experiment a { augment { gaussian_noise(std: .01) } }',
      'experiment a { augment { gaussian_noise(std: 0.01) } }',
    ),
  },
  EXP1007: {
    severity: 'error',
    message: 'comments start with `//`',
    explanation: explain(
      '`#` starts a comment in Python and YAML. Here comments are `// to the end of the line` and `/* from here to there */`.',
      'experiment a { seed: 42 # any number\n}',
      'experiment a { seed: 42 // any number\n}',
    ),
  },
  EXP1008: {
    severity: 'error',
    message: '`{name}` is not a name',
    explanation: explain(
      'A name starts with a letter from a to z or `_` and goes on with letters, digits, `_` and single `-`. It becomes part of file names, job names and metric names, so it has no other letters, no blanks, no quotes, and no dots (they look something up: `val.dice`).',
      'experiment "Prostate study" { }',
      'experiment Prostate-study { }',
    ),
  },
  EXP1101: {
    severity: 'error',
    message: 'expected a value after `{before}`',
    explanation: explain(
      'A setting is one name and one value. To keep the default leave the whole setting out.',
      'experiment a { patch: \n seed: 42 }',
      'experiment a { patch: 96x96x96 \n seed: 42 }',
    ),
  },
  EXP1102: {
    severity: 'error',
    message: '`:` missing after `{name}`',
    explanation: explain(
      'Between the name of a setting and its value stands a colon.',
      'experiment a { seed 42 }',
      'experiment a { seed: 42 }',
    ),
  },
  EXP1103: {
    severity: 'error',
    message: '`=` instead of `:` after `{name}`',
    explanation: explain(
      'Settings and arguments are written with a colon. `=` is for the default of a parameter: `param lr: number = 1e-4`.',
      'experiment a { optimizer: adamw(learning_rate = 1e-4) }',
      'experiment a { optimizer: adamw(learning_rate: 1e-4) }',
    ),
  },
  EXP1104: {
    severity: 'error',
    message: '`{name}` stands alone',
    explanation: explain(
      'A name by itself says nothing: a value (`name: value`), arguments (`name(…)`) or a block (`name { … }`) has to follow.',
      'experiment a { patch\n seed: 42 }',
      'experiment a { patch: 96x96x96\n seed: 42 }',
    ),
  },
  EXP1105: {
    severity: 'error',
    message: 'unexpected `{found}` {where}',
    explanation: explain(
      'What stands before is complete, and this does not continue it. Several values are a list: `[1, 2]`; the next setting starts on a new line.',
      'experiment a { foreground: 1 2 }',
      'experiment a { foreground: [1, 2] }',
    ),
  },
  EXP1106: {
    severity: 'error',
    message: 'settings are separated by line breaks, not by `{found}`',
    explanation: explain(
      'Commas separate what stands within `(…)` and `[…]`; settings stand on lines of their own and need nothing between them.',
      'experiment a {\n  seed: 42,\n  folds: 5;\n}',
      'experiment a {\n  seed: 42\n  folds: 5\n}',
    ),
  },
  EXP1107: {
    severity: 'error',
    message: '`{name}` is two words: names have no spaces',
    explanation: explain(
      'The words of a name are joined by `_` (settings) or `-` (experiments, profiles).',
      'experiment a { batch size: 2 }',
      'experiment a { batch_size: 2 }',
    ),
  },
  EXP1108: {
    severity: 'error',
    message: '`,` missing before `{found}`',
    explanation: explain(
      'The items of a list and the arguments of a call are separated by commas; one after the last is fine.',
      'experiment a { metrics: [dice hausdorff95] }',
      'experiment a { metrics: [dice, hausdorff95] }',
    ),
  },
  EXP1109: {
    severity: 'error',
    message: 'a size has three parts, `{text}` has {count}',
    explanation: explain(
      'Volumes have three dimensions, so a patch or a spacing names three sides, also where they are equal.',
      'experiment a { patch: 96x96 }',
      'experiment a { patch: 96x96x96 }',
    ),
  },
  EXP1110: {
    severity: 'error',
    message: 'a size is written without spaces, with the letter `x`',
    explanation: explain(
      'A size is one value: `96x96x96`, with its unit once, at the end: `1.0x1.0x2.5 mm`.',
      'experiment a { patch: 96 × 96 × 96 }',
      'experiment a { patch: 96x96x96 }',
    ),
  },
  EXP1111: {
    severity: 'error',
    message: 'a range has a number on both sides of `..`',
    explanation: explain(
      'A range names its smallest and its largest value, joined by two dots; the planner chooses within it.',
      'experiment a { profile p { batch_size: 2.. } }',
      'experiment a { profile p { batch_size: 2..4 } }',
    ),
  },
  EXP1112: {
    severity: 'error',
    message: 'expected a name after `{before}`',
    explanation: explain(
      'Experiments, environments and profiles are called by their names, and after `on`, `extends` or a dot stands the name of what is meant.',
      'experiment { seed: 42 }',
      'experiment swin-organ { seed: 42 }',
    ),
  },
  EXP1201: {
    severity: 'error',
    message: '`}` missing for `{block}` opened at line {line}',
    explanation: explain(
      'Every `{` needs its `}`. Where it was meant is told from the indentation, so the place shown is the most probable one.',
      'experiment a {\n  schedule {\n    epochs: 100\n  seed: 42\n}',
      'experiment a {\n  schedule {\n    epochs: 100\n  }\n  seed: 42\n}',
    ),
  },
  EXP1202: {
    severity: 'error',
    message: '`{closer}` closes nothing',
    explanation: explain(
      'There is no open bracket for it: it is one too many, or the opening one is missing before.',
      'experiment a {\n  seed: 42\n}\n}',
      'experiment a {\n  seed: 42\n}',
    ),
  },
  EXP1203: {
    severity: 'error',
    message: '`{closer}` missing for `{opener}` opened at line {line}',
    explanation: explain(
      'A list ends with `]`, arguments end with `)`.',
      'experiment a {\n  metrics: [dice, hausdorff95\n  seed: 42\n}',
      'experiment a {\n  metrics: [dice, hausdorff95]\n  seed: 42\n}',
    ),
  },
  EXP1204: {
    severity: 'error',
    message: '`{opener}` is closed by `{closer}`',
    explanation: explain(
      'Each bracket has its own partner: `[` and `]` for lists, `(` and `)` for arguments, `{` and `}` for blocks.',
      'experiment a { metrics: [dice, hausdorff95) }',
      'experiment a { metrics: [dice, hausdorff95] }',
    ),
  },
  EXP1205: {
    severity: 'error',
    message: 'nested more than {limit} levels deep',
    explanation: explain(
      'No experiment needs it. Brackets this deep are a slip, or a file made by a program that went wrong; what is inside them is not read.',
      `experiment a { metrics: ${'['.repeat(70)}dice${']'.repeat(70)} }`,
      'experiment a { metrics: [dice] }',
    ),
  },
  EXP1301: {
    severity: 'error',
    message: '`{name}` stands outside of an experiment',
    explanation: explain(
      'At the top of a file stand imports, parameters, experiments, environments and named blocks to be used again. Settings belong into one of them. A `}` too early does this, too.',
      'seed: 42',
      'experiment a { seed: 42 }',
    ),
  },
  EXP1302: {
    severity: 'error',
    message: '`{keyword}` belongs at the top of the file, outside of every block',
    explanation: explain(
      'Imports, experiments and environments are not parts of something else. To build on another experiment write `experiment b extends a { … }`.',
      'experiment a { import "shared/data.exp" }',
      'import "shared/data.exp"\n\nexperiment a { }',
    ),
  },
  EXP1303: {
    severity: 'error',
    message: 'expected a file in quotes after `import`',
    explanation: explain(
      'An import names another `.exp` file, by its path from the file that imports it, in double quotes.',
      'import shared/data.exp',
      'import "shared/data.exp"',
    ),
  },
  EXP1304: {
    severity: 'error',
    message: 'a parameter needs {missing}',
    explanation: explain(
      'A parameter has a name, a type and, if it need not be given with `--set`, a default.',
      'param lr = 1e-4',
      'param lr: number = 1e-4',
    ),
  },
  EXP1305: {
    severity: 'error',
    message: 'an expectation needs {missing}',
    explanation: explain(
      "An expectation compares a metric with a value; the run's exit status says whether it held.",
      'experiment a { expect val.dice }',
      'experiment a { expect val.dice >= 0.80 }',
    ),
  },
  EXP1306: {
    severity: 'error',
    message: '`{operator}` is not a comparison',
    explanation: explain(
      'Metrics are compared with `>=`, `<=`, `>` or `<`. They are measured, so that none is ever equal to a round number.',
      'experiment a { expect val.dice => 0.80 }',
      'experiment a { expect val.dice >= 0.80 }',
    ),
  },
  EXP1307: {
    severity: 'error',
    message: 'opening brace missing after `{header}`',
    explanation: explain(
      'The settings of a block stand between `{` and `}`.',
      'experiment a {\n  schedule\n    epochs: 100\n  }\n}',
      'experiment a {\n  schedule {\n    epochs: 100\n  }\n}',
    ),
  },
} as const satisfies DiagnosticTable;

export const reportSyntax = diagnosticCreator(SYNTAX_DIAGNOSTICS);

function explain(why: string, wrong: string, right: string): string {
  return `${why}\n\n\`\`\`exp\n${wrong}\n\`\`\`\n\nInstead:\n\n\`\`\`exp\n${right}\n\`\`\`\n`;
}
