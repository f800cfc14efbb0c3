import { check } from '../../compiler/check.ts';
import { MATRIX_DIAGNOSTICS } from '../../compiler/diagnostics/matrix.ts';
import { NAME_AND_TYPE_DIAGNOSTICS } from '../../compiler/diagnostics/names-and-types.ts';
import { RULE_DIAGNOSTICS } from '../../compiler/diagnostics/rules.ts';
import { compileMatrix } from '../../compiler/matrix/compile-matrix.ts';
import type { ReadFile } from '../../compiler/modules/read-file.ts';
import { type Diagnostic, hasErrors } from '../../dsl/diagnostic.ts';
import { parse } from '../../dsl/parser.ts';
import { format } from '../../dsl/print.ts';
import { renderText, summarize } from '../../dsl/render-diagnostic.ts';
import type { SourceFile } from '../../dsl/source.ts';
import { SYNTAX_DIAGNOSTICS } from '../../dsl/syntax-diagnostics.ts';
import { tokenize } from '../../dsl/tokens.ts';
import { dumpTokens, dumpTree } from './dump.ts';
import { commandLineOf, dumpPlans } from './plans.ts';

export interface Case {
  readonly kind: 'whole' | 'diagnostic';
  readonly source: SourceFile;
  /** Reads what lies in the folder of the case. */
  readonly readFile: ReadFile;
}

/** What each stage makes of a case: one file beside its `input.exp`. */
export interface Stage {
  readonly file: string;
  /** Which cases have this file. Cases named after a diagnostic code show the diagnostic alone. */
  readonly applies: (golden: Case) => boolean;
  readonly make: (golden: Case) => string;
}

/**
 * A case of a mistake in the text shows what the parser says of it; a case of any other what the compiler says, under
 * every profile or as the first line asks: `// --profile mac-test --set seed=1`.
 */
function diagnosticsOf({ source, kind, readFile }: Case): readonly Diagnostic[] {
  const [, syntax] = parse(source);
  if (kind === 'whole' || syntax.length > 0) return syntax;
  const options = commandLineOf(source);
  return options === null ? check(source, { readFile }) : compileMatrix(source, { ...options, readFile }).diagnostics;
}

export const STAGES: readonly Stage[] = [
  {
    file: 'tokens.txt',
    applies: ({ kind }) => kind === 'whole',
    make: ({ source }) => dumpTokens(source, tokenize(source)[0]),
  },
  {
    file: 'ast.txt',
    applies: ({ kind }) => kind === 'whole',
    make: ({ source }) => dumpTree(parse(source)[0]),
  },
  {
    file: 'formatted.exp',
    applies: ({ kind, source }) => kind === 'whole' && !hasErrors(parse(source)[1]),
    make: ({ source }) => format(source)[0] ?? '',
  },
  {
    file: 'diagnostics.txt',
    applies: () => true,
    make: (golden) => {
      const diagnostics = diagnosticsOf(golden);
      return `${renderText(diagnostics)}${diagnostics.length === 0 ? 'no diagnostics' : `\n${summarize(diagnostics)}`}\n`;
    },
  },
  {
    file: 'plan.json',
    applies: ({ kind, source, readFile }) => kind === 'whole' && !hasErrors(check(source, { readFile })),
    make: dumpPlans,
  },
];

/** The tables of diagnostics of which every code needs a case: a folder whose name starts with the code. */
export const TABLES = [SYNTAX_DIAGNOSTICS, NAME_AND_TYPE_DIAGNOSTICS, MATRIX_DIAGNOSTICS, RULE_DIAGNOSTICS];
