import type { Environment, Terminal } from './terminal.ts';

/** Colours of pixels, as near to the wanted ones as a terminal comes. */

/** Red, green, blue, each 0 to 255. */
export type Color = readonly [number, number, number];

/** None, the 16 of every terminal, the 256 of xterm, or all of them. */
export type ColorDepth = 'none' | 'basic' | 'palette' | 'true';

/** What FORCE_COLOR's levels mean. @see https://force-color.org */
const FORCED: Readonly<Record<string, ColorDepth>> = { '1': 'basic', '2': 'palette', '3': 'true' };

export function colorDepth({ color }: Pick<Terminal, 'color'>, environment: Environment): ColorDepth {
  if (!color) return 'none';
  const { COLORTERM = '', TERM = '', TERM_PROGRAM = '', WT_SESSION, FORCE_COLOR = '' } = environment;
  const forced = FORCED[FORCE_COLOR];
  if (forced !== undefined) return forced;
  if (/truecolor|24bit/i.test(COLORTERM) || /direct|kitty|ghostty|alacritty|foot|wezterm/.test(TERM)) return 'true';
  // Windows Terminal and iTerm say who they are, and not what they can do.
  if ((WT_SESSION ?? '') !== '' || TERM_PROGRAM === 'iTerm.app') return 'true';
  return /256/.test(TERM) ? 'palette' : 'basic';
}

/** Parameters of an SGR sequence for a colour of the text or behind it. */
export function sgrColor(color: Color, depth: Exclude<ColorDepth, 'none'>, layer: 'text' | 'behind'): string {
  const base = layer === 'text' ? 38 : 48;
  if (depth === 'true') return `${base};2;${color.join(';')}`;
  if (depth === 'palette') return `${base};5;${paletteIndex(color)}`;
  const index = nearest(color, BASIC);
  // 30 to 37 and 40 to 47; the bright ones 90 to 97 and 100 to 107.
  return String(base - 8 + (index % 8) + (index < 8 ? 0 : 60));
}

/** xterm's first sixteen colours. */
const BASIC: readonly Color[] = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [0, 0, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
  [127, 127, 127],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [92, 92, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
];

/** Levels of xterm's cube of 6 × 6 × 6 colours, at 16 and up; 24 greys follow it. */
const CUBE = [0, 95, 135, 175, 215, 255] as const;

function paletteIndex([red, green, blue]: Color): number {
  if (Math.max(red, green, blue) - Math.min(red, green, blue) < 10) {
    const grey = (red + green + blue) / 3;
    if (grey < 4) return 16;
    if (grey > 246) return 231;
    return 232 + Math.min(23, Math.max(0, Math.round((grey - 8) / 10)));
  }
  const level = (value: number) =>
    nearest(
      [value, 0, 0],
      CUBE.map((step) => [step, 0, 0] as const),
    );
  return 16 + 36 * level(red) + 6 * level(green) + level(blue);
}

function nearest(color: Color, candidates: readonly Color[]): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, candidate] of candidates.entries()) {
    const distance = candidate.reduce((sum, value, channel) => sum + (value - (color[channel] ?? 0)) ** 2, 0);
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}
