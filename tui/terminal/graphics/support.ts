import type { Environment } from '../terminal.ts';

/** Which protocol for pictures a terminal speaks, and how large its characters are. */

export type Protocol = 'kitty' | 'sixel';

export interface Graphics {
  readonly protocol: Protocol;
  /** Of a character, in pixels. */
  readonly cell: CellSize;
}

export interface CellSize {
  readonly width: number;
  readonly height: number;
}

/** What is known before the terminal is asked: nothing of pictures, one protocol, or that its answer decides. */
export type Expected = 'none' | Protocol | 'ask';

/**
 * `EXP_GRAPHICS=kitty`, `sixel` or `none` decides. Inside of tmux and screen pictures would not move with the pane, so there are
 * none. WezTerm and others that speak kitty's protocol only when told to say that they know sixel.
 */
export function expectedGraphics(color: boolean, environment: Environment): Expected {
  const { EXP_GRAPHICS, TERM = '', TERM_PROGRAM = '', TMUX, STY, KITTY_WINDOW_ID, KONSOLE_VERSION } = environment;
  if (EXP_GRAPHICS === 'kitty' || EXP_GRAPHICS === 'sixel' || EXP_GRAPHICS === 'none') return EXP_GRAPHICS;
  if (!color || TMUX || STY || /^(screen|tmux|linux|dumb)/.test(TERM)) return 'none';
  if (KITTY_WINDOW_ID || /kitty|ghostty/.test(TERM) || TERM_PROGRAM === 'ghostty') return 'kitty';
  return KONSOLE_VERSION ? 'kitty' : 'ask';
}

/**
 * Asks for the size of a character (XTWINOPS 16), the number of colours (XTSMGRAPHICS) and the primary device attributes, which
 * every terminal answers, the last of all.
 *
 * @see https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
 */
export const GRAPHICS_QUERY = '\u001b[16t\u001b[?1;1;0S\u001b[c';

/** Four is what sixel is among the device attributes. */
const SIXEL_ATTRIBUTE = '4';
/** With less, half blocks in true colour look better. */
const LEAST_COLORS = 64;

/** Collects the answers to `GRAPHICS_QUERY`, in whatever pieces they come. */
export class GraphicsAnswer {
  readonly #expected: Exclude<Expected, 'none'>;
  #cell: CellSize | null = null;
  #colors: number | null = null;

  constructor(expected: Exclude<Expected, 'none'>) {
    this.#expected = expected;
  }

  /** @param reply a control sequence that is no key. @returns the pictures that there may be, once all answers are in */
  take(reply: string): Graphics | null {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals speak in them
    const [, mark = '', parameters = '', kind] = /^\u001b\[(\??)([\d;]*)([A-Za-z])$/.exec(reply) ?? [];
    const values = parameters.split(';');
    if (mark === '' && kind === 't' && values[0] === '6') {
      const [height, width] = [Number(values[1]), Number(values[2])];
      if (height > 0 && width > 0) this.#cell = { width, height };
    } else if (mark === '?' && kind === 'S' && values[1] === '0') this.#colors = Number(values[2]);
    else if (mark === '?' && kind === 'c') return this.#conclusion(values.slice(1).includes(SIXEL_ATTRIBUTE));
    return null;
  }

  #conclusion(hasSixel: boolean): Graphics | null {
    if (this.#cell === null) return null;
    if (this.#expected !== 'ask') return { protocol: this.#expected, cell: this.#cell };
    const enough = this.#colors === null || this.#colors >= LEAST_COLORS;
    return hasSixel && enough ? { protocol: 'sixel', cell: this.#cell } : null;
  }
}
