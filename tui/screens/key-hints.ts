import { bindingsOf, type Situation, type ViewName } from '../keys.ts';
import { type Line, lengthOf, type Piece, piece } from './piece.ts';

const SIGNS: Readonly<Record<string, string>> = {
  up: '↑↓',
  down: '↓',
  left: '←',
  right: '→',
  enter: '⏎',
  escape: 'Esc',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  tab: 'Tab',
  'shift+tab': 'Shift-Tab',
  'ctrl+z': 'Ctrl-Z',
  home: 'Home',
  end: 'End',
  space: 'Space',
};

/** As a person reads it. */
export function keySign(key: string): string {
  return SIGNS[key] ?? key;
}

/** How to get help, and how to end: without these two nobody is left. */
const ALWAYS: readonly string[] = ['stop', 'leave', 'help'];

/** The keys of a view that work now, as many as fit; those for the end and for help always. */
export function hintLine(situation: Situation, shown: ViewName, columns: number): Line {
  const hints = bindingsOf(situation, shown).flatMap(({ keys, hint, action }) =>
    hint === null ? [] : [{ action, pieces: [piece(keySign(keys[0] ?? ''), 'accent'), piece(` ${hint}`, 'dim')] }],
  );
  const last = hints
    .filter(({ action }) => ALWAYS.includes(action))
    .sort((a, b) => ALWAYS.indexOf(a.action) - ALWAYS.indexOf(b.action))
    .flatMap(({ pieces }, index) => (index === 0 ? pieces : [piece('   '), ...pieces]));
  const line: Piece[] = [];
  for (const { action, pieces } of hints) {
    if (ALWAYS.includes(action)) continue;
    if (lengthOf(line) + lengthOf(pieces) + lengthOf(last) + 6 > columns) continue;
    line.push(...pieces, piece('   '));
  }
  return [...line, ...last];
}
