import { EXPERIMENT } from '../compiler/fields/experiment.ts';
import { fieldPlaces } from '../compiler/fields/field-places.ts';
import { METRICS } from '../compiler/fields/metrics.ts';
import { SPELLINGS } from '../compiler/fields/values/phrases.ts';
import { QUANTITIES } from '../compiler/fields/values/units.ts';
import { BLOCK_KEYWORDS, STATEMENT_KEYWORDS } from '../dsl/keywords.ts';
import * as T from '../dsl/tokens.ts';

/**
 * The colours of `.exp` files as a TextMate grammar, from the tokens, the keywords and the field tables of the compiler. It
 * sees one line at a time and knows no blocks, so that it says what words look like; the language server says what they mean.
 */

interface Rule {
  readonly name?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly captures?: Readonly<Record<string, { readonly name: string }>>;
  readonly patterns?: readonly (Rule | Include)[];
}

interface Include {
  readonly include: string;
}

const NAME = '[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*';
const DOTTED = `${NAME}(?:\\.[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*)*`;
/** Not in the middle of a name. */
const START = '(?<![\\w.-])';
const END = '(?![\\w-])';
/** These make a keyword a name like any other: `model: …`. */
const NO_NAME = '(?!\\s*[:=.(])';

export function textMateGrammar() {
  return {
    $schema: 'https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json',
    name: 'exp',
    scopeName: 'source.exp',
    fileTypes: ['exp'],
    patterns: [...comments(), string(), ...statements(), ...names(), ...values(), ...punctuation()],
  };
}

function comments(): readonly Rule[] {
  return [
    { name: 'comment.block.exp', begin: '/\\*', end: '\\*/' },
    { name: 'comment.line.double-slash.exp', match: '//.*$' },
    { name: 'comment.line.number-sign.exp invalid.illegal.exp', match: '#.*$' },
  ];
}

function string(): Rule {
  return {
    name: 'string.quoted.double.exp',
    begin: '"',
    end: '"|$',
    patterns: [
      { name: 'constant.character.escape.exp', match: '\\\\(?:["\\\\ntr]|u\\{[0-9a-fA-F]{1,6}\\})' },
      { name: 'invalid.illegal.escape.exp', match: '\\\\.' },
    ],
  };
}

function statements(): readonly Rule[] {
  const header = (keyword: string, name: string, after: string, names: Readonly<Record<string, string>>): Rule => ({
    match: `${START}(${keyword})\\s+(${name})${after}`,
    captures: Object.fromEntries(
      Object.entries({ 1: 'keyword.control.exp', ...names }).map(([group, scope]) => [group, { name: scope }]),
    ),
  });
  const own = 'entity.name.type.exp';
  const used = 'entity.other.inherited-class.exp';
  const word = 'keyword.control.exp';
  return [
    header('experiment', NAME, `(?:\\s+(extends)\\s+(${NAME}))?`, { 2: own, 3: word, 4: used }),
    header('profile', NAME, `(?:\\s+(on)\\s+(${DOTTED}))?`, { 2: own, 3: word, 4: used }),
    header('environment', DOTTED, '', { 2: own }),
    header('param', NAME, `\\s*(:)\\s*(${NAME})?`, {
      2: 'variable.parameter.exp',
      3: 'punctuation.separator.key-value.exp',
      4: 'support.type.exp',
    }),
    { name: word, match: `${START}(?:${alternatives([...STATEMENT_KEYWORDS, ...blockNames()])})${END}${NO_NAME}` },
  ];
}

/** What begins a block: the keywords of the grammar and every block of the field tables. */
function blockNames(): readonly string[] {
  const blocks = fieldPlaces().filter(({ field }) => ['group', 'callList', 'blockChoice'].includes(field.type.kind));
  return [...new Set([...BLOCK_KEYWORDS, ...blocks.map(({ written }) => written.slice(written.lastIndexOf('.') + 1))])];
}

function names(): readonly Rule[] {
  return [
    {
      match: `${START}(${DOTTED})\\s*(:)`,
      captures: {
        1: { name: 'support.type.property-name.exp' },
        2: { name: 'punctuation.separator.key-value.exp' },
      },
    },
    { name: 'entity.name.function.exp', match: `${START}${DOTTED}(?=\\s*\\()` },
    { name: 'entity.name.type.exp', match: `${START}(?:${alternatives(variantNames())})${END}` },
    {
      name: 'support.variable.exp',
      match: `${START}(?:val|test|train)\\.(?:${alternatives([...Object.keys(METRICS), 'loss'])})${END}`,
    },
    { name: 'constant.language.exp', match: `${START}(?:true|false|none)${END}` },
    { name: 'keyword.other.exp', match: `${START}(?:${alternatives([...phraseWords(), 'on', 'extends'])})${END}` },
  ];
}

/** Models, layouts of data sets. */
function variantNames(): readonly string[] {
  return Object.values(EXPERIMENT).flatMap(({ type }) =>
    type.kind === 'blockChoice' ? Object.keys(type.variants) : [],
  );
}

/** `every` of `every 2 epochs`, `patience` of `patience 20 epochs on val.dice`. */
function phraseWords(): readonly string[] {
  const words = fieldPlaces().flatMap(({ field: { type } }) =>
    type.kind === 'scalar' ? type.words.filter((word) => type.example.startsWith(`${word} `)) : [],
  );
  return [...new Set(words)];
}

function values(): readonly Rule[] {
  const units = [
    ...Object.values(QUANTITIES).flatMap(({ units: known }) => Object.keys(known)),
    ...Object.values(SPELLINGS).flat(),
  ];
  const unit = `(?:\\s*(%|(?:${alternatives([...new Set(units)])})${END}))?`;
  const numeric = (number: string): Rule => ({
    match: `(?<![\\w.])(${number})${unit}`,
    captures: { 1: { name: 'constant.numeric.exp' }, 2: { name: 'keyword.other.unit.exp' } },
  });
  return [
    { name: 'constant.numeric.exp', match: patternOf(T.MoneyToken) },
    numeric(patternOf(T.Size)),
    { name: 'keyword.operator.range.exp', match: '\\.\\.' },
    { ...numeric(`[+-]?${T.NUMBER}`), match: `(?<![\\w]|(?<!\\.)\\.)([+-]?${T.NUMBER})${unit}` },
  ];
}

function punctuation(): readonly Rule[] {
  return [
    { name: 'keyword.operator.comparison.exp', match: patternOf(T.Comparison) },
    { name: 'keyword.operator.exp', match: '[=/]' },
    { name: 'punctuation.separator.exp', match: ',' },
    { name: 'punctuation.section.block.exp', match: '[{}]' },
    { name: 'punctuation.section.brackets.exp', match: '[\\[\\]]' },
    { name: 'punctuation.section.parens.exp', match: '[()]' },
    { name: 'variable.other.exp', match: `${START}${DOTTED}` },
  ];
}

function patternOf({ PATTERN }: typeof T.Size): string {
  if (PATTERN instanceof RegExp) return PATTERN.source;
  throw new TypeError('this token has no pattern of its own');
}

/** The longest first, so that none hides another that begins with it. */
function alternatives(words: readonly string[]): string {
  return [...words].sort((a, b) => b.length - a.length).join('|');
}
