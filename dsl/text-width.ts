/** How many columns of a terminal a text takes, and how to show what has no picture. */

/** Combining marks, joiners and variation selectors sit on the character before them. */
const ZERO_WIDTH = /^(?:\p{Mn}|\p{Me}|\u200d|[\ufe00-\ufe0f])$/u;

/** East Asian wide and fullwidth letters, and emoji. @see https://www.unicode.org/reports/tr11/ */
const WIDE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}])$/u;

const ASCII = /^[\x20-\x7e]*$/;

export function characterWidth(character: string): 0 | 1 | 2 {
  if (ASCII.test(character)) return 1;
  if (ZERO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Control characters move the cursor and change colours, and bidirectional marks turn text around: never print them. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;
const UNPRINTABLES = new RegExp(UNPRINTABLE, 'gu');

const CONTROL_PICTURES = 0x2400;

/** A character that can be shown in place of one that cannot: `␀` for NUL, `�` for the rest. */
export function printableCharacter(character: string): string {
  if (!UNPRINTABLE.test(character)) return character;
  const code = character.charCodeAt(0);
  return code < 0x20 ? String.fromCharCode(CONTROL_PICTURES + code) : code === 0x7f ? '\u2421' : '\ufffd';
}

export function printable(text: string): string {
  return ASCII.test(text) ? text : text.replace(UNPRINTABLES, printableCharacter);
}

const ASCII_FORMS: Readonly<Record<string, string>> = {
  '…': '...',
  '×': 'x',
  '≥': '>=',
  '≤': '<=',
  '·': '-',
  '–': '-',
  '—': '-',
};

/** For terminals without Unicode; what has no form of its own becomes `?`. */
export function asciiOnly(text: string): string {
  return ASCII.test(text) ? text : text.replace(/[^\x20-\x7e\n]/gu, (character) => ASCII_FORMS[character] ?? '?');
}
