/**
 * The 5 × 7 font of character displays: printable ASCII from the blank on, five columns a glyph, two hexadecimal digits a
 * column, the lowest bit on top (bit 7 is below the base line). Marks of Latin letters are drawn over or under them.
 */
const GLYPHS =
  '0000000000 00005F0000 0007000700 147F147F14 242A7F2A12 2313086462 3649562050 0008070300 001C224100 0041221C00 ' +
  '2A1C7F1C2A 08083E0808 0080703000 0808080808 0000606000 2010080402 3E5149453E 00427F4000 7249494946 2141494D33 ' +
  '1814127F10 2745454539 3C4A494931 4121110907 3649494936 464949291E 0000140000 0040340000 0008142241 1414141414 ' +
  '0041221408 0201590906 3E415D594E 7C1211127C 7F49494936 3E41414122 7F4141413E 7F49494941 7F09090901 3E41415173 ' +
  '7F0808087F 00417F4100 2040413F01 7F08142241 7F40404040 7F021C027F 7F0408107F 3E4141413E 7F09090906 3E4151215E ' +
  '7F09192946 2649494932 03017F0103 3F4040403F 1F2040201F 3F4038403F 6314081463 0304780403 6159494D43 007F414141 ' +
  '0204081020 004141417F 0402010204 4040404040 0003070800 2054547840 7F28444438 3844444428 384444287F 3854545418 ' +
  '00087E0902 18A4A49C78 7F08040478 00447D4000 2040403D00 7F10284400 00417F4000 7C04780478 7C08040478 3844444438 ' +
  'FC18242418 18242418FC 7C08040408 4854545424 04043F4424 3C4040207C 1C2040201C 3C4030403C 4428102844 4C9090907C ' +
  '4464544C44 0008364100 0000770000 0041360800 0201020402';

const COLUMNS: readonly (readonly number[])[] = GLYPHS.split(' ').map((glyph) =>
  Array.from({ length: 5 }, (_, column) => Number.parseInt(glyph.slice(2 * column, 2 * column + 2), 16)),
);

export const GLYPH = { width: 5, height: 8, advance: 6, above: 2 } as const;

/** Marks above a letter: five columns of two rows, the lowest bit on top. */
const MARKS_ABOVE: Readonly<Record<string, readonly number[]>> = {
  '\u0300': [0, 1, 2, 0, 0], // grave
  '\u0301': [0, 0, 2, 1, 0], // acute
  '\u0302': [0, 2, 1, 2, 0], // circumflex
  '\u0303': [2, 1, 1, 2, 1], // tilde
  '\u0304': [0, 2, 2, 2, 0], // macron
  '\u0306': [1, 2, 2, 2, 1], // breve
  '\u0307': [0, 0, 1, 0, 0], // dot
  '\u0308': [0, 1, 0, 1, 0], // diaeresis
  '\u030a': [0, 3, 3, 0, 0], // ring
  '\u030b': [0, 2, 1, 2, 1], // double acute
  '\u030c': [0, 1, 2, 1, 0], // caron
};

/** Marks below a letter, in the row under the base line. */
const MARKS_BELOW: Readonly<Record<string, readonly number[]>> = {
  '\u0326': [0, 0, 1, 0, 0], // comma
  '\u0327': [0, 1, 1, 0, 0], // cedilla
  '\u0328': [0, 0, 1, 1, 0], // ogonek
};

/** Letters and signs that are no letter with a mark. */
const WRITTEN_AS: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', æ: 'ae', Æ: 'AE', œ: 'oe', Œ: 'OE', ø: 'o', Ø: 'O', þ: 'th', Þ: 'Th', ð: 'd', Ð: 'D', đ: 'd', Đ: 'D' },
  ...{
    ł: 'l',
    Ł: 'L',
    ı: 'i',
    '–': '-',
    '—': '-',
    '’': "'",
    '‘': "'",
    '“': '"',
    '”': '"',
    '„': '"',
    '·': '.',
    '×': 'x',
  },
};

/** The five columns of a character; bit `GLYPH.above` is the row of the tops of capitals. */
type Glyph = readonly number[];

/** A text in glyphs: Latin letters with their marks, and a question mark for what the font does not have. */
export function glyphsOf(text: string): readonly Glyph[] {
  const glyphs: Glyph[] = [];
  for (const character of lettersAndMarks(text)) {
    const last = glyphs.at(-1);
    if (last !== undefined && isMark(character)) glyphs[glyphs.length - 1] = marked(last, character);
    else glyphs.push((columnsOf(character) ?? columnsOf('?') ?? []).map((bits) => bits << GLYPH.above));
  }
  return glyphs;
}

/** Whether the font has all that a text needs. */
export function isWritable(text: string): boolean {
  return lettersAndMarks(text).every((character) => isMark(character) || columnsOf(character) !== undefined);
}

function lettersAndMarks(text: string): readonly string[] {
  return [...text.replace(/[^ -~]/gu, (character) => WRITTEN_AS[character] ?? character).normalize('NFKD')];
}

function isMark(character: string): boolean {
  return character in MARKS_ABOVE || character in MARKS_BELOW;
}

function columnsOf(character: string): Glyph | undefined {
  return COLUMNS[(character.codePointAt(0) ?? 0) - 0x20];
}

const FIRST_ROWS = 3 << GLYPH.above;

/** A small letter has its mark within the height of capitals; i and j give their dots for it. */
function marked(glyph: Glyph, mark: string): Glyph {
  const below = MARKS_BELOW[mark];
  if (below !== undefined) return glyph.map((bits, column) => bits | ((below[column] ?? 0) << (GLYPH.above + 7)));
  const above = MARKS_ABOVE[mark] ?? [];
  const letter = DOTTED.has(glyph.join()) ? glyph.map((bits) => bits & ~FIRST_ROWS) : glyph;
  const shift = letter.some((bits) => bits & FIRST_ROWS) ? 0 : GLYPH.above;
  return letter.map((bits, column) => bits | ((above[column] ?? 0) << shift));
}

const DOTTED: ReadonlySet<string> = new Set(['i', 'j'].map((letter) => glyphsOf(letter)[0]?.join() ?? ''));
