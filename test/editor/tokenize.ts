import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';
import { textMateGrammar } from '../../editor/grammar.ts';

const require = createRequire(import.meta.url);

/** Loads the grammar as an editor does. */
async function loadGrammar() {
  await oniguruma.loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')).buffer as ArrayBuffer);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(JSON.stringify(textMateGrammar()), 'exp.tmLanguage.json'),
  });
  const grammar = await registry.loadGrammar('source.exp');
  if (grammar === null) throw new Error('the grammar does not load');
  return grammar;
}

const grammar = await loadGrammar();

/** The innermost scopes of each character of a text. */
export function scopesOf(text: string): readonly string[] {
  const scopes: string[] = [];
  let state = textmate.INITIAL;
  for (const line of text.split('\n')) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    for (const { startIndex, endIndex, scopes: names } of tokens) {
      const own = names.slice(1).join(' ');
      for (let index = startIndex; index < Math.min(endIndex, line.length); index++) scopes.push(own);
    }
    // The line end, which belongs to nothing.
    scopes.push('');
  }
  return scopes;
}

/** The scopes of a part of a text where it first stands. */
export function scopeOf(text: string, part: string): string {
  return scopesOf(text)[text.indexOf(part)] ?? '';
}
