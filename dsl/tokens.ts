import { createToken, type IToken, Lexer, type TokenType } from 'chevrotain';
import type { Diagnostic } from './diagnostic.ts';
import { lexicalMistakes } from './lexical-mistakes.ts';
import type { SourceFile } from './source.ts';

/** Text → tokens. Every character belongs to some token, so that the lexer itself never fails. */

/** Other layers look at tokens without knowing who made them. */
export type Token = IToken;

/** All tokens but brackets, commas and separators: what may be skipped over when a statement cannot be read. */
export const Loose = createToken({ name: 'Loose', pattern: Lexer.NA });

/** Without a sign. */
export const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/.source;

/** @param like the token that the parser shall take it for; what is wrong with it is reported by the lexer. */
function loose(name: string, pattern: RegExp, like: TokenType = Loose): TokenType {
  return createToken({ name, pattern, categories: like === Loose ? [Loose] : [Loose, like] });
}

const Whitespace = createToken({ name: 'Whitespace', pattern: /\s+/, group: Lexer.SKIPPED, line_breaks: true });
const LineComment = createToken({ name: 'LineComment', pattern: /\/\/[^\n\r]*/, group: 'comments' });
const BlockComment = createToken({
  name: 'BlockComment',
  pattern: /\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//,
  group: 'comments',
  line_breaks: true,
});
const UnclosedComment = createToken({
  name: 'UnclosedComment',
  pattern: /\/\*[\s\S]*/,
  group: 'comments',
  line_breaks: true,
});
/** `# …`, a habit from Python and YAML; reported, and read as the comment that it is meant to be. */
const HashComment = createToken({ name: 'HashComment', pattern: /#[^\n\r]*/, group: 'comments' });

export const StringToken = loose('String', /"(?:[^"\\\n\r]|\\[^\n\r])*"/);
export const UnclosedString = loose('UnclosedString', /"(?:[^"\\\n\r]|\\[^\n\r])*\\?/, StringToken);
/** `'…'` and the typographic quotes of word processors. */
export const ForeignString = loose('ForeignString', /'[^'\n\r]*'?|[“”„«»‘’‚][^“”„«»‘’‚\n\r]*[“”«»‘’]?/, StringToken);

/** `96x96x96`; what is not written so, `96 × 96 × 96`, is reported by the lexer. */
export const Size = loose('Size', new RegExp(`${NUMBER}(?:[ \\t]*[xX×*][ \\t]*${NUMBER})+`));
/** A later part of a dotted name may start with a digit: `aws.p3.2xlarge`. */
export const Name = createToken({
  name: 'Name',
  pattern: /(?:[A-Za-z_]|(?<=[A-Za-z0-9_]\.)\d+[A-Za-z_])[A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*/,
  categories: [Loose],
  start_chars_hint: [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789'],
});
export const NumberToken = createToken({
  name: 'Number',
  pattern: new RegExp(`[+-]?${NUMBER}`),
  categories: [Loose],
  longer_alt: Name,
});
/** `.5`, `5.`: numbers elsewhere, not here. */
export const PartialNumber = createToken({
  name: 'PartialNumber',
  pattern: /[+-]?(?:(?<![A-Za-z0-9_])\.\d+(?:[eE][+-]?\d+)?|\d+\.(?![\d.\w]))/,
  categories: [Loose, NumberToken],
  start_chars_hint: [...'+-.0123456789'],
});
export const MoneyToken = loose('Money', new RegExp(`\\$[ \\t]*-?${NUMBER}(?:[ \\t]*/[ \\t]*[A-Za-z]+)?`));
export const Percent = loose('Percent', /%/);

const FOREIGN_LETTER =
  '\\u00aa\\u00b5\\u00ba\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u1fff\\u2c00-\\ud7ff\\uf900-\\ufdff';
/** A name with letters other than a to z in it. */
export const ForeignName = loose(
  'ForeignName',
  new RegExp(`(?:[A-Za-z_][\\w-]*)?[${FOREIGN_LETTER}][\\w${FOREIGN_LETTER}-]*`),
  Name,
);

export const Comparison = loose('Comparison', /[<>=!]=|=>|=<|[<>≥≤]/);
export const Equals = loose('Equals', /=/);
export const Colon = loose('Colon', /:/);
export const Comma = createToken({ name: 'Comma', pattern: /,/ });
export const Semicolon = loose('Semicolon', /;/);
export const Slash = loose('Slash', /\//);
export const Dots = loose('Dots', /\.{2,}/);
export const Dot = loose('Dot', /\./);
/** A character that the language has no use for, and what the layout pass set aside; reported already. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: Chevrotain's look-up of first characters needs a plain range
export const Unreadable = loose('Unreadable', /[\u0000-\uffff]/);

export const OpenBrace = createToken({ name: 'OpenBrace', pattern: /\{/ });
export const CloseBrace = createToken({ name: 'CloseBrace', pattern: /\}/ });
export const OpenParenthesis = createToken({ name: 'OpenParenthesis', pattern: /\(/ });
export const CloseParenthesis = createToken({ name: 'CloseParenthesis', pattern: /\)/ });
export const OpenBracket = createToken({ name: 'OpenBracket', pattern: /\[/ });
export const CloseBracket = createToken({ name: 'CloseBracket', pattern: /\]/ });

/** Between two statements; put there by the layout pass, never by the text alone. */
export const Separator = createToken({ name: 'Separator', pattern: Lexer.NA });

/** In order: the first pattern that matches wins. */
const LEXED: readonly TokenType[] = [
  Whitespace,
  LineComment,
  BlockComment,
  UnclosedComment,
  HashComment,
  StringToken,
  UnclosedString,
  ForeignString,
  Dots,
  PartialNumber,
  Dot,
  Size,
  NumberToken,
  MoneyToken,
  ForeignName,
  Name,
  Percent,
  Comparison,
  Equals,
  Colon,
  Comma,
  Semicolon,
  Slash,
  OpenBrace,
  CloseBrace,
  OpenParenthesis,
  CloseParenthesis,
  OpenBracket,
  CloseBracket,
  Unreadable,
];

export const VOCABULARY: TokenType[] = [Loose, Separator, ...LEXED];

let lexer: Lexer | null = null;

export interface Tokens {
  readonly tokens: readonly IToken[];
  /** In order of appearance; the parser does not see them, the formatter puts them back. */
  readonly comments: readonly IToken[];
}

/** @returns the tokens and comments of a file, and what is wrong with single ones of them. */
export function tokenize(file: SourceFile): [Tokens, Diagnostic[]] {
  lexer ??= new Lexer([...LEXED], { positionTracking: 'onlyOffset', skipValidations: true });
  const { tokens, groups } = lexer.tokenize(file.text);
  const comments = groups.comments ?? [];
  const whole = tokens.flatMap((token) => (token.tokenType === UnclosedString ? closeBeforeBrackets(token) : token));
  return [{ tokens: whole, comments }, lexicalMistakes(file, whole, comments)];
}

/** The comment that swallows the rest of the file. */
export function unclosedComment(comments: readonly Token[]): Token | null {
  return comments.find(({ tokenType }) => tokenType === UnclosedComment) ?? null;
}

const CLOSING_CHARACTERS: ReadonlyMap<string, TokenType> = new Map([
  [')', CloseParenthesis],
  [']', CloseBracket],
  ['{', OpenBrace],
  ['}', CloseBrace],
  [',', Comma],
]);

/** `bids("data) {`: the brackets that end the line were not meant to be in the string, so that they are not missed. */
function closeBeforeBrackets(string: IToken): IToken[] {
  let end = string.image.length;
  while (end > 1 && (CLOSING_CHARACTERS.has(string.image.charAt(end - 1)) || /\s/.test(string.image.charAt(end - 1))))
    end--;
  const brackets = [...string.image.slice(end)].flatMap((character, index) => {
    const tokenType = CLOSING_CHARACTERS.get(character);
    return tokenType === undefined ? [] : madeToken(tokenType, string.startOffset + end + index, character);
  });
  return [madeToken(string.tokenType, string.startOffset, string.image.slice(0, end)), ...brackets];
}

/** A token that the lexer did not make; with an empty image one that is not in the text at all. */
export function madeToken(tokenType: TokenType, startOffset: number, image = ''): IToken {
  const endOffset = startOffset + Math.max(0, image.length - 1);
  return { image, startOffset, endOffset, tokenType, tokenTypeIdx: tokenType.tokenTypeIdx ?? 0 };
}

/** End of a token, exclusive; Chevrotain counts the last character itself. */
export function endOf(token: IToken): number {
  return token.startOffset + token.image.length;
}
