import { describe, expect, it } from 'vitest';
import { canvasLines, createCanvas, drawLine, setDot } from '../../../tui/plot/canvas.ts';

describe('a braille canvas', () => {
  it('has two by four dots a cell, as Unicode numbers them', () => {
    const dots = [
      [0, 0, '⠁'],
      [1, 0, '⠈'],
      [0, 1, '⠂'],
      [1, 1, '⠐'],
      [0, 2, '⠄'],
      [1, 2, '⠠'],
      [0, 3, '⡀'],
      [1, 3, '⢀'],
    ] as const;
    for (const [x, y, glyph] of dots) {
      const canvas = createCanvas(1, 1, 'braille');
      setDot(canvas, x, y);
      expect(canvasLines(canvas)).toEqual([glyph]);
    }
  });

  it('adds dots up within a cell and leaves empty cells blank', () => {
    const canvas = createCanvas(2, 1, 'braille');
    for (let y = 0; y < 4; y++) {
      setDot(canvas, 0, y);
      setDot(canvas, 1, y);
    }
    expect(canvasLines(canvas)).toEqual(['⣿ ']);
  });

  it('draws lines in any direction with both ends', () => {
    const down = createCanvas(2, 1, 'braille');
    drawLine(down, 0, 0, 3, 3);
    const up = createCanvas(2, 1, 'braille');
    drawLine(up, 3, 3, 0, 0);
    expect(canvasLines(down)).toEqual(['⠑⢄']);
    expect(canvasLines(up)).toEqual(canvasLines(down));
  });

  it('leaves out what lies outside', () => {
    const canvas = createCanvas(1, 1, 'braille');
    drawLine(canvas, -3, 0, 5, 0);
    expect(canvasLines(canvas)).toEqual(['⠉']);
  });
});

describe('an ASCII canvas', () => {
  it('has two dots a cell, one above the other', () => {
    const canvas = createCanvas(3, 1, 'ascii');
    setDot(canvas, 0, 0);
    setDot(canvas, 1, 1);
    setDot(canvas, 2, 0);
    setDot(canvas, 2, 1);
    expect(canvasLines(canvas)).toEqual(["'.:"]);
  });
});
