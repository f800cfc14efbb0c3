import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { openFullScreen } from '../../../tui/terminal/full-screen.ts';
import { encodeKitty } from '../../../tui/terminal/graphics/kitty.ts';
import type { Picture, Raster } from '../../../tui/terminal/graphics/raster.ts';
import { encodeSixel } from '../../../tui/terminal/graphics/sixel.ts';
import { expectedGraphics, GraphicsAnswer } from '../../../tui/terminal/graphics/support.ts';
import { temporaryFolder } from '../../helpers/cli.ts';
import { FakeStdout } from '../screens/fake-terminal.ts';

/** Greys from left to right, with a turquoise and an orange line: 13 rows are two bands of sixels and one row. */
function sample(width = 40, height = 13): Raster {
  const rgb = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const grey = Math.round((255 * x) / (width - 1));
      const color = y === 7 ? [64, 224, 208] : x === 5 ? [255, 140, 40] : [grey, grey, grey];
      rgb.set(color, 3 * (y * width + x));
    }
  return { width, height, rgb };
}

/** Nothing to be made shorter of, and the same every time. */
function noise(bytes: number): Uint8Array {
  return new Uint8Array(createHash('shake256', { outputLength: bytes }).update('noise').digest());
}

const hasLibsixel = spawnSync('sixel2png', ['-V']).status === 0;
if (!hasLibsixel) console.info('sixels are not decoded by libsixel: there is no sixel2png');

describe('sixels', () => {
  const folder = temporaryFolder();

  it.skipIf(!hasLibsixel)('are what libsixel reads as the same picture, within a step of the palette', () => {
    for (const [width, height] of [
      [40, 13],
      [1, 1],
      [300, 6],
    ] as const) {
      const raster = sample(width, height);
      writeFileSync(join(folder, 'a.six'), encodeSixel(raster));
      const { status, stderr } = spawnSync('sixel2png', ['-i', join(folder, 'a.six'), '-o', join(folder, 'a.png')]);
      expect([status, String(stderr)]).toEqual([0, '']);
      const { data, channels, width: readWidth, height: readHeight } = decode(readFileSync(join(folder, 'a.png')));
      expect([readWidth, readHeight]).toEqual([width, height]);
      for (let pixel = 0; pixel < width * height; pixel++)
        for (let channel = 0; channel < 3; channel++) {
          const [read = 0, wanted = 0] = [data[channels * pixel + channel], raster.rgb[3 * pixel + channel]];
          expect(Math.abs(read - wanted), `${pixel}.${channel}`).toBeLessThanOrEqual(10);
        }
    }
  });

  it('name their size first and use 256 colours at most', () => {
    const rgb = noise(3 * 64 * 64);
    const text = encodeSixel({ width: 64, height: 64, rgb });
    expect(text.startsWith('\u001bP0;1;0q"1;1;64;64#')).toBe(true);
    expect(text.endsWith('\u001b\\')).toBe(true);
    expect(text.match(/#\d+;2;/g)?.length).toBeLessThanOrEqual(256);
  });
});

describe('kitty’s protocol', () => {
  it('carries the pixels, deflated, in pieces of 4096 signs at most', () => {
    const rgb = noise(3 * 100 * 60);
    const text = encodeKitty({ width: 100, height: 60, rgb }, 2);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals speak in them
    const pieces = [...text.matchAll(/\u001b_G([^;]*);([^\u001b]*)\u001b\\/g)].map(([, keys = '', data = '']) => ({
      keys,
      data,
    }));
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces[0]?.keys).toBe('a=T,f=24,o=z,s=100,v=60,i=2,p=1,C=1,q=2,m=1');
    expect(pieces.at(-1)?.keys).toBe('q=2,m=0');
    expect(Math.max(...pieces.map(({ data }) => data.length))).toBe(4096);
    const sent = inflateSync(Buffer.from(pieces.map(({ data }) => data).join(''), 'base64'));
    expect(new Uint8Array(sent)).toEqual(rgb);
  });
});

describe('which pictures a terminal gets', () => {
  it.each([
    ['kitty', { TERM: 'xterm-kitty' }],
    ['kitty', { TERM: 'xterm-256color', KITTY_WINDOW_ID: '1' }],
    ['kitty', { TERM_PROGRAM: 'ghostty', TERM: 'xterm-256color' }],
    ['kitty', { KONSOLE_VERSION: '230800' }],
    ['ask', { TERM: 'xterm-256color' }],
    ['ask', { TERM: 'xterm-256color', TERM_PROGRAM: 'WezTerm' }],
    ['none', { TERM: 'linux' }],
    ['none', { TERM: 'tmux-256color', TMUX: '/tmp/tmux' }],
    ['none', { TERM: 'xterm-kitty', TMUX: '/tmp/tmux' }],
    ['none', { TERM: 'screen.xterm-256color' }],
    ['sixel', { TERM: 'tmux-256color', TMUX: '/tmp/tmux', EXP_GRAPHICS: 'sixel' }],
    ['none', { TERM: 'xterm-kitty', EXP_GRAPHICS: 'none' }],
  ] as const)('%s for %j', (expected, environment) => {
    expect(expectedGraphics(true, environment)).toBe(expected);
  });

  it('is none without colour', () => {
    expect(expectedGraphics(false, { TERM: 'xterm-kitty' })).toBe('none');
  });

  const [CELL, XTERM, PLAIN] = ['\u001b[6;18;9t', '\u001b[?63;1;2;4;6;22c', '\u001b[?62;22c'];
  const answer = (expected: 'kitty' | 'sixel' | 'ask', ...replies: readonly string[]) => {
    const asked = new GraphicsAnswer(expected);
    return replies.map((reply) => asked.take(reply)).at(-1);
  };

  it('is what it answers: the size of a character, and sixel among its attributes', () => {
    const cell = { width: 9, height: 18 };
    expect(answer('ask', CELL, XTERM)).toEqual({ protocol: 'sixel', cell });
    expect(answer('ask', CELL, '\u001b[?1;0;256S', XTERM)).toEqual({ protocol: 'sixel', cell });
    expect(answer('ask', CELL, PLAIN)).toBeNull();
    expect(answer('kitty', CELL, PLAIN)).toEqual({ protocol: 'kitty', cell });
  });

  it('is none where pictures could not be placed, or would be poorer than half blocks', () => {
    expect(answer('ask', XTERM)).toBeNull();
    expect(answer('ask', CELL, '\u001b[?1;0;16S', XTERM)).toBeNull();
  });
});

describe('pictures on the screen', () => {
  const lines = ['title', '', '', '', 'legend'];
  const at = (row: number, raster = sample(18, 36)): Picture => ({ row, column: 2, rows: 2, raster });

  function opened(protocol: 'kitty' | 'sixel') {
    const stdout = new FakeStdout();
    const screen = openFullScreen(stdout);
    const draw = (text: readonly string[], pictures: readonly Picture[]) => {
      stdout.written = '';
      screen.draw(text, 80, { protocol, pictures });
      return stdout.written;
    };
    return { stdout, screen, draw };
  }

  it.each([
    ['sixel', '\u001bP'],
    ['kitty', '\u001b_Ga=T'],
  ] as const)('are sent once as %s, after the lines, within one update', (protocol, start) => {
    const { draw } = opened(protocol);
    const picture = at(1);
    const first = draw(lines, [picture]);
    expect(first).toContain(`\u001b[2;3H${start}`);
    expect(first.indexOf('legend')).toBeLessThan(first.indexOf(start));
    expect(first.endsWith('\u001b[?2026l')).toBe(true);
    expect(draw(lines, [{ ...picture }])).toBe('');
    expect(draw(['another', ...lines.slice(1)], [picture])).not.toContain(start);
  });

  it('are sent again when they change, when text was written under them, and after a resize', () => {
    const { draw, screen } = opened('sixel');
    const picture = at(1);
    draw(lines, [picture]);
    const next = draw(lines, [at(1)]);
    expect(next).toContain('\u001bP');
    // In the same place the old one is painted over, without a moment of nothing.
    expect(next).not.toContain('\u001b[2K');
    expect(draw(['title', 'R    L', '', '', 'legend'], [picture])).toContain('\u001bP');
    screen.invalidate();
    expect(draw(lines, [picture])).toContain('\u001bP');
  });

  it('leave nothing behind on another page, at another place, or in the shell', () => {
    const [sixel, kitty] = [opened('sixel'), opened('kitty')];
    for (const { draw } of [sixel, kitty]) draw(lines, [at(1)]);
    expect(sixel.draw(lines, [])).toContain('\u001b[2;1H\u001b[2K\u001b[3;1H\u001b[2K');
    const removed = '\u001b_Ga=d,d=I,i=1,q=2\u001b\\';
    const moved = kitty.draw(lines, [at(2)]);
    expect(moved.indexOf(removed)).toBeGreaterThan(0);
    expect(moved.indexOf(removed)).toBeLessThan(moved.indexOf('\u001b[3;3H\u001b_Ga=T'));
    kitty.stdout.written = '';
    kitty.screen.leave();
    expect(kitty.stdout.written.startsWith(removed)).toBe(true);
    expect(kitty.stdout.written.endsWith('\u001b[?1049l')).toBe(true);
    sixel.screen.leave();
  });
});
