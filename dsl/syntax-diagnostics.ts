import { type DiagnosticTable, diagnosticCreator } from './diagnostic.ts';

/**
 * Every mistake that can be seen in the text alone. 10xx characters and words, 11xx settings and values, 12xx brackets,
 * 13xx statements. `exp explain CODE` prints the explanation.
 */
export const SYNTAX_DIAGNOSTICS = {
  EXP1001: { severity: 'error', message: 'unexpected character `{character}`', explanation: '' },
  EXP1002: { severity: 'error', message: 'this string is not closed', explanation: '' },
  EXP1003: { severity: 'error', message: '`*/` missing for this comment', explanation: '' },
  EXP1004: { severity: 'error', message: 'strings are written in double quotes', explanation: '' },
  EXP1005: { severity: 'error', message: '`{escape}` means nothing in a string', explanation: '' },
  EXP1006: { severity: 'error', message: '`{text}` is not a number', explanation: '' },
  EXP1007: { severity: 'error', message: 'comments start with `//`', explanation: '' },
  EXP1008: { severity: 'error', message: '`{name}` is not a name', explanation: '' },
  EXP1101: { severity: 'error', message: 'expected a value after `{before}`', explanation: '' },
  EXP1102: { severity: 'error', message: '`:` missing after `{name}`', explanation: '' },
  EXP1103: { severity: 'error', message: '`=` instead of `:` after `{name}`', explanation: '' },
  EXP1104: { severity: 'error', message: '`{name}` stands alone', explanation: '' },
  EXP1105: { severity: 'error', message: 'unexpected `{found}` {where}', explanation: '' },
  EXP1106: { severity: 'error', message: 'settings are separated by line breaks, not by `{found}`', explanation: '' },
  EXP1107: { severity: 'error', message: '`{name}` is two words: names have no spaces', explanation: '' },
  EXP1108: { severity: 'error', message: '`,` missing before `{found}`', explanation: '' },
  EXP1109: { severity: 'error', message: 'a size has three parts, `{text}` has {count}', explanation: '' },
  EXP1110: { severity: 'error', message: 'a size is written without spaces, with the letter `x`', explanation: '' },
  EXP1111: { severity: 'error', message: 'a range has a number on both sides of `..`', explanation: '' },
  EXP1112: { severity: 'error', message: 'expected a name after `{before}`', explanation: '' },
  EXP1201: { severity: 'error', message: '`}` missing for `{block}` opened at line {line}', explanation: '' },
  EXP1202: { severity: 'error', message: '`{closer}` closes nothing', explanation: '' },
  EXP1203: { severity: 'error', message: '`{closer}` missing for `{opener}` opened at line {line}', explanation: '' },
  EXP1204: { severity: 'error', message: '`{opener}` is closed by `{closer}`', explanation: '' },
  EXP1205: { severity: 'error', message: 'nested more than {limit} levels deep', explanation: '' },
  EXP1301: { severity: 'error', message: '`{name}` stands outside of an experiment', explanation: '' },
  EXP1302: {
    severity: 'error',
    message: '`{keyword}` belongs at the top of the file, outside of every block',
    explanation: '',
  },
  EXP1303: { severity: 'error', message: 'expected a file in quotes after `import`', explanation: '' },
  EXP1304: { severity: 'error', message: 'a parameter needs {missing}', explanation: '' },
  EXP1305: { severity: 'error', message: 'an expectation needs {missing}', explanation: '' },
  EXP1306: { severity: 'error', message: '`{operator}` is not a comparison', explanation: '' },
  EXP1307: { severity: 'error', message: 'opening brace missing after `{header}`', explanation: '' },
} as const satisfies DiagnosticTable;

export type SyntaxCode = keyof typeof SYNTAX_DIAGNOSTICS;

export const reportSyntax = diagnosticCreator(SYNTAX_DIAGNOSTICS);
