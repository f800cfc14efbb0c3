/** String literals: what stands between the quotes, and back. */

/** `\"`, `\\`, `\n`, `\t`, `\r` and `\u{…}` with one to six hexadecimal digits. */
const ESCAPE = /\\(?:u\{([0-9a-fA-F]{1,6})\}|([^\n\r])|$)/gu;

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', n: '\n', t: '\t', r: '\r' };

const LARGEST_CODE_POINT = 0x10ffff;

export interface UnknownEscape {
  /** Offset within the text given. */
  readonly offset: number;
  readonly text: string;
}

/** The value of what stands between two quotes. Unknown escapes stand for themselves, backslash included. */
export function unescapeString(text: string): { readonly value: string; readonly unknown: readonly UnknownEscape[] } {
  const unknown: UnknownEscape[] = [];
  const value = text.replace(
    ESCAPE,
    (written: string, digits: string | undefined, letter: string | undefined, offset: number) => {
      const codePoint = digits === undefined ? Number.POSITIVE_INFINITY : Number.parseInt(digits, 16);
      const decoded = codePoint <= LARGEST_CODE_POINT ? String.fromCodePoint(codePoint) : SIMPLE_ESCAPES[letter ?? ''];
      if (decoded === undefined) unknown.push({ offset, text: written });
      return decoded ?? written;
    },
  );
  return { value, unknown };
}

/** A string literal for any value, on one line and in printable characters. */
export function quoteString(value: string): string {
  let quoted = '';
  for (const character of value) quoted += quoteCharacter(character);
  return `"${quoted}"`;
}

function quoteCharacter(character: string): string {
  switch (character) {
    case '"':
      return '\\"';
    case '\\':
      return '\\\\';
    case '\n':
      return '\\n';
    case '\t':
      return '\\t';
    case '\r':
      return '\\r';
    default:
      return UNPRINTABLE.test(character) ? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}` : character;
  }
}

/** Control characters, line separators, halves of surrogate pairs, and what turns the direction of text around. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
