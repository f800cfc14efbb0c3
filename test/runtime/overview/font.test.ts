import { describe, expect, it } from 'vitest';
import { textWidth } from '../../../runtime/overview/canvas.ts';
import { GLYPH, glyphsOf, isWritable } from '../../../runtime/overview/font.ts';

/** A text as it is drawn, a row a line. */
function drawn(text: string): readonly string[] {
  const rows = Array.from({ length: GLYPH.above + GLYPH.height }, (_, row) =>
    glyphsOf(text)
      .map((glyph) => glyph.map((bits) => ((bits >> row) & 1 ? '#' : ' ')).join(''))
      .join(' ')
      .trimEnd(),
  );
  return rows;
}

describe('the font of pictures', () => {
  it('sets marks over small letters and over capitals, and takes the dot of an i for them', () => {
    expect(drawn('äÄï')).toEqual([
      '       # #',
      '',
      ' # #    #    # #',
      '       # #',
      ' ##   #   #  ##',
      '   #  #   #   #',
      ' ###  #####   #',
      '#  #  #   #   #',
      ' #### #   #  ###',
      '',
    ]);
  });

  it('writes Latin letters without marks as several, in the width that they take', () => {
    expect(glyphsOf('Größe')).toEqual(glyphsOf('Grösse'));
    expect(textWidth('Größe', 2)).toBe(textWidth('Grosse', 2));
    expect(glyphsOf('Łódź–żółw')).toEqual(glyphsOf('Lódź-żólw'));
  });

  it('says what it cannot write', () => {
    expect(isWritable('hígado, riñón, část, łódź')).toBe(true);
    expect(isWritable('肝')).toBe(false);
    expect(glyphsOf('肝')).toEqual(glyphsOf('?'));
  });
});
