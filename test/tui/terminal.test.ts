import { describe, expect, it } from 'vitest';
import { describeTerminal } from '../../tui/terminal/terminal.ts';
import { oneLine, toAscii, wrapWords } from '../../tui/terminal/text.ts';

const TTY = { isTTY: true };

describe('what a terminal can do', () => {
  it('is interactive only where a person sits', () => {
    expect(describeTerminal(TTY, {}).interactive).toBe(true);
    expect(describeTerminal({}, {}).interactive).toBe(false);
    expect(describeTerminal(TTY, { CI: 'true' }).interactive).toBe(false);
    expect(describeTerminal(TTY, { TERM: 'dumb' }).interactive).toBe(false);
  });

  it('has colour unless NO_COLOR says otherwise, and FORCE_COLOR colours pipes', () => {
    expect(describeTerminal(TTY, {}).color).toBe(true);
    expect(describeTerminal(TTY, { NO_COLOR: '1', FORCE_COLOR: '1' }).color).toBe(false);
    expect(describeTerminal({}, {}).color).toBe(false);
    expect(describeTerminal({}, { FORCE_COLOR: '1' }).color).toBe(true);
  });

  it('shows Unicode by its locale, and not on the Linux console', () => {
    expect(describeTerminal(TTY, { LANG: 'de_DE.UTF-8' }).unicode).toBe(true);
    expect(describeTerminal(TTY, {}).unicode).toBe(true);
    expect(describeTerminal(TTY, { LC_ALL: 'C', LANG: 'de_DE.UTF-8' }).unicode).toBe(false);
    expect(describeTerminal(TTY, { TERM: 'linux', LANG: 'de_DE.UTF-8' }).unicode).toBe(false);
    expect(describeTerminal(TTY, { EXP_ASCII: '1' }).unicode).toBe(false);
  });
});

describe('text for a terminal', () => {
  it('takes escapes and line breaks out of foreign messages', () => {
    expect(oneLine('a\u001b[31mred\u001b[0m\n\tb\u0007')).toBe('ared b');
  });

  it('keeps its width in ASCII', () => {
    const text = 'a · b – █▍─ ◆ ü';
    expect(toAscii(text)).toMatch(/^[ -~]+$/);
    expect(toAscii(text)).toHaveLength(Array.from(text).length);
  });

  it('wraps at words', () => {
    expect(wrapWords('one two three', 8)).toEqual(['one two', 'three']);
  });
});
