import type { Syntax } from '../../dsl/parser.ts';
import * as T from '../../dsl/tokens.ts';

/**
 * What is open around a place in the text, told from tokens alone, so that it works where the text is not finished: the
 * layout pass has closed what is open, by indentation, and separated the statements.
 */
export interface Surroundings {
  /** Innermost last. */
  readonly frames: readonly Frame[];
  /** The tokens of the statement, or of the item between commas, that stand before the place. */
  readonly statement: readonly T.Token[];
  readonly inside: 'code' | 'comment' | 'string';
}

export interface Frame {
  readonly bracket: '{' | '(' | '[';
  /** The statement up to the bracket: `dataset organ bids()`. */
  readonly header: readonly T.Token[];
  /** What begins the statements, or names the arguments, in it: also those after the place. */
  readonly names: Set<string>;
}

const OPENERS: ReadonlyMap<unknown, Frame['bracket']> = new Map([
  [T.OpenBrace, '{'],
  [T.OpenParenthesis, '('],
  [T.OpenBracket, '['],
]);
const CLOSERS: ReadonlySet<unknown> = new Set([T.CloseBrace, T.CloseParenthesis, T.CloseBracket]);
/** After these the statement goes on in the next line. */
const UNFINISHED: ReadonlySet<unknown> = new Set([T.Colon, T.Equals, T.Comparison, T.Comma, T.Slash, T.Dots]);

/** @param at where the word begins that is asked for; a word right there does not count as standing before it */
export function surroundingsOf(syntax: Syntax, at: number): Surroundings {
  const { text } = syntax.file.span.file;
  const inside = insideOf(syntax, at);
  const frames: Frame[] = [{ bracket: '{', header: [], names: new Set() }];
  let statement: T.Token[] = [];
  let found: { frames: readonly Frame[]; statement: readonly T.Token[] } | null = null;
  for (const [index, token] of syntax.layout.entries()) {
    if (found === null && token.startOffset >= at) found = { frames: [...frames], statement };
    // The layout ends a statement right after its last token; on the same line the user may be about to go on with it.
    const [next, afterNext] = syntax.layout.slice(index + 1, index + 3);
    // … unless a setting's name stands there.
    const isGap =
      token.tokenType === T.Separator &&
      (next?.startOffset ?? text.length) >= at &&
      !(next?.startOffset === at && afterNext?.tokenType === T.Colon) &&
      !text.slice(token.startOffset, at).includes('\n');
    if (found === null && isGap) found = { frames: [...frames], statement };
    const innermost = frames[frames.length - 1];
    if (found !== null && (innermost === undefined || !found.frames.includes(innermost))) continue;
    const bracket = OPENERS.get(token.tokenType);
    if (bracket !== undefined) {
      frames.push({ bracket, header: statement, names: new Set() });
      statement = [];
    } else if (CLOSERS.has(token.tokenType)) {
      if (found === null && stillOpen(token, text, at, innermost)) continue;
      if (frames.length > 1) frames.pop();
      statement = [...(innermost?.header ?? []), token];
      if (found !== null && frames.length < found.frames.length) break;
    } else if (token.tokenType === T.Separator || (token.tokenType === T.Comma && innermost?.bracket !== '{')) {
      statement = [];
    } else {
      const isName = innermost?.bracket === '{' || syntax.layout[index + 1]?.tokenType === T.Colon;
      if (statement.length === 0 && isName && token.startOffset !== at) innermost?.names.add(token.image);
      statement = [...statement, token];
    }
  }
  found ??= { frames, statement };
  const last = found.statement[found.statement.length - 1];
  const innermost = found.frames[found.frames.length - 1];
  const isNewLine = last !== undefined && text.slice(T.endOf(last), at).includes('\n');
  const ended = innermost?.bracket === '{' && isNewLine && !UNFINISHED.has(last?.tokenType);
  return { frames: found.frames.slice(1), statement: ended ? [] : found.statement, inside };
}

/** A bracket that the layout pass closed just before the place, where the user is about to go on. */
function stillOpen(closer: T.Token, text: string, at: number, frame: Frame | undefined): boolean {
  const between = text.slice(closer.startOffset, at);
  if (closer.image !== '' || frame === undefined || between.trim() !== '') return false;
  if (frame.bracket !== '{') return !between.includes('\n');
  const [first] = frame.header;
  return first !== undefined && (!between.includes('\n') || indentOf(text, at) > indentOf(text, first.startOffset));
}

/** Blanks before the first character of the line, or before `at` in a line that is empty so far. */
function indentOf(text: string, at: number): number {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, at))?.[0].length ?? 0;
}

function insideOf({ tokens, comments }: Syntax, at: number): Surroundings['inside'] {
  const covers = (token: T.Token) => token.startOffset < at && at < T.endOf(token);
  const ends = (token: T.Token) => at === T.endOf(token) && !token.image.endsWith('*/');
  if (comments.some((token) => covers(token) || ends(token))) return 'comment';
  const isString = ({ tokenType }: T.Token) => [T.StringToken, T.UnclosedString, T.ForeignString].includes(tokenType);
  const isOpen = (token: T.Token) => token.tokenType === T.UnclosedString && at === T.endOf(token);
  return tokens.some((token) => isString(token) && (covers(token) || isOpen(token))) ? 'string' : 'code';
}
