import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXPERIMENT } from '../../compiler/fields/experiment.ts';
import { fieldPlaces } from '../../compiler/fields/field-places.ts';
import { QUANTITIES } from '../../compiler/fields/values/units.ts';
import { BLOCK_KEYWORDS } from '../../dsl/keywords.ts';
import { parseSyntax } from '../../dsl/parser.ts';
import * as T from '../../dsl/tokens.ts';
import { smallWith } from '../compiler/example.ts';
import { scopeOf, scopesOf } from './tokenize.ts';

const folder = new URL('../../experiments/', import.meta.url);
const experiments = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.exp'))
  .map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const);

/** What the grammar has to make of the compiler's tokens. */
const SCOPES = new Map([
  [T.StringToken, /^string\.quoted/],
  [T.NumberToken, /^constant\.numeric/],
  [T.Size, /^constant\.numeric/],
  [T.MoneyToken, /^constant\.numeric/],
  [T.Colon, /^punctuation\.separator\.key-value/],
  [T.Comma, /^punctuation\.separator/],
  [T.Comparison, /^keyword\.operator\.comparison/],
  [T.Slash, /^keyword\.operator/],
  [T.Dots, /^keyword\.operator\.range/],
  [T.OpenBrace, /^punctuation\.section\.block/],
  [T.OpenParenthesis, /^punctuation\.section\.parens/],
  [T.OpenBracket, /^punctuation\.section\.brackets/],
]);

describe('the TextMate grammar', () => {
  it.each(experiments)('sees the tokens that the compiler sees in %s', (_, text) => {
    const [{ tokens, comments }] = parseSyntax({ path: 'test.exp', text });
    const scopes = scopesOf(text);
    const wrong = tokens.flatMap(({ tokenType, startOffset, image }) => {
      const scope = scopes[startOffset] ?? '';
      return SCOPES.get(tokenType)?.test(scope) === false ? [`${image}: ${scope}`] : [];
    });
    expect(wrong).toEqual([]);
    expect(comments.filter(({ startOffset }) => !scopes[startOffset]?.startsWith('comment.'))).toEqual([]);
    expect(scopes.filter((scope) => scope.includes('invalid'))).toEqual([]);
  });

  it.each(experiments)('colours names by what they are for in %s', (_, text) => {
    const [{ layout }] = parseSyntax({ path: 'test.exp', text });
    const scopes = scopesOf(text);
    const wrong = layout.flatMap(({ tokenType, startOffset, image }, index) => {
      const scope = scopes[startOffset] ?? '';
      const next = layout[index + 1]?.tokenType;
      if (tokenType !== T.Name || layout[index - 1]?.tokenType === T.Dot || next === T.Dot) return [];
      const expected = next === T.Colon ? /property-name|parameter/ : next === T.OpenParenthesis ? /entity\.name/ : /./;
      return expected.test(scope) ? [] : [`${image}: ${scope}`];
    });
    expect(wrong).toEqual([]);
  });

  it('knows every keyword and block of the language', () => {
    const blocks = Object.entries(EXPERIMENT).filter(
      ([, { type }]) => type.kind !== 'scalar' && type.kind !== 'callChoice',
    );
    const words = ['import "a.exp"', 'param a: number', 'experiment a', 'environment a', 'expect val.dice'];
    const headers = [...new Set([...BLOCK_KEYWORDS, ...blocks.map(([name]) => name)])].map((name) => `${name} {`);
    for (const statement of [...words, ...headers])
      expect([statement, scopesOf(statement)[0]]).toEqual([statement, 'keyword.control.exp']);
  });

  it('takes keywords for names where they are names', () => {
    expect(scopesOf('model: 1')[0]).toContain('property-name');
    expect(scopesOf('experiment: "organ"')[0]).toContain('property-name');
    expect(scopesOf('dataset-small { }')[0]).toBe('variable.other.exp');
  });

  it('knows every unit', () => {
    for (const unit of Object.values(QUANTITIES).flatMap(({ units }) => Object.keys(units))) {
      expect([unit, scopeOf(`memory: 8${unit}`, unit)]).toEqual([unit, 'keyword.other.unit.exp']);
    }
  });

  it('knows the example of every setting', () => {
    for (const { written, field } of fieldPlaces()) {
      if (field.type.kind !== 'scalar') continue;
      const text = `name: ${field.type.example}`;
      expect([written, scopesOf(text).filter((scope) => scope.includes('invalid'))]).toEqual([written, []]);
    }
  });

  it.each([
    ['description: "a \\" b"  seed: 1', 'seed', 'support.type.property-name.exp'],
    ['description: "\\n"', '\\n', 'string.quoted.double.exp constant.character.escape.exp'],
    ['description: "\\q"', '\\q', 'string.quoted.double.exp invalid.illegal.escape.exp'],
    ['description: "open\nseed: 1', 'seed', 'support.type.property-name.exp'],
    ['/* a\n seed: 1 */ patch: 1', 'seed', 'comment.block.exp'],
    ['/* a */ patch: 1', 'patch', 'support.type.property-name.exp'],
    ['profile a on aws.g4dn.xlarge {', 'aws', 'entity.other.inherited-class.exp'],
    ['experiment b extends a {', 'extends', 'keyword.control.exp'],
    ['batch_size: 2..4', '4', 'constant.numeric.exp'],
    ['expect val.dice >= 0.8', 'val', 'support.variable.exp'],
    ['early_stop: patience 5 epochs on val.dice', 'patience', 'keyword.other.exp'],
    ['early_stop: patience 5 epochs on val.dice', 'epochs', 'keyword.other.unit.exp'],
    [smallWith('cache: none'), 'none', 'constant.language.exp'],
    [smallWith(''), 'SegResNet', 'entity.name.type.exp'],
  ])('%s: `%s` is %s', (text, part, scope) => {
    expect(scopeOf(text, part)).toBe(scope);
  });
});
