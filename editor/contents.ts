import { textMateGrammar } from './grammar.ts';
import { snippets } from './snippets.ts';

/** The files of the extension that come from the compiler's tables, by their path in it. */
export function generatedFiles(): Readonly<Record<string, string>> {
  return {
    'dist/exp.tmLanguage.json': `${JSON.stringify(textMateGrammar(), null, 2)}\n`,
    'dist/snippets.json': `${JSON.stringify(snippets(), null, 2)}\n`,
  };
}
