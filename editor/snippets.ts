import { EXPERIMENT } from '../compiler/fields/experiment.ts';
import { fieldSnippets } from '../compiler/language-server/snippets.ts';
import { STATEMENTS } from '../compiler/language-server/statements.ts';

interface Snippet {
  readonly prefix: string;
  readonly body: readonly string[];
  readonly description: string;
}

/** Snippets for where no language server runs, from the tables that its completion reads. */
export function snippets(): Readonly<Record<string, Snippet>> {
  const statements = Object.entries(STATEMENTS).map(
    ([name, { doc, snippet }]) => [name, entry(name, snippet, doc)] as const,
  );
  return {
    ...Object.fromEntries(statements),
    'whole experiment': entry('new', wholeExperiment(), 'An experiment with all that it needs'),
  };
}

function entry(prefix: string, text: string, description: string): Snippet {
  return { prefix, body: text.split('\n'), description };
}

/** Every setting without a default, the first of the variants where there are several. */
function wholeExperiment(): string {
  const required = Object.entries(EXPERIMENT).filter(([, { presence }]) => presence.kind === 'required');
  const settings = required.flatMap(([name, field]) => fieldSnippets(name, field)[0]?.text.split('\n') ?? []);
  const lines = ['experiment ${1:name} {', ...settings.map((line) => `\t${line}`), '}'];
  return renumbered(lines.join('\n').replace(/\n\t*\$0(?=\n)/g, ''));
}

/** The places to fill in, one after another through the whole text. */
function renumbered(text: string): string {
  let last = 0;
  return text.replace(/\$\{\d+(?=[:|])/g, () => `\${${++last}`);
}
