import { describe, expect, it } from 'vitest';
import { actionOf, bindingsOf, VIEW_NAMES } from '../../tui/keys.ts';

describe('the key table', () => {
  it('gives every key one meaning in every view, of a run and of a watched one', () => {
    for (const mode of ['run', 'watch'] as const)
      for (const view of VIEW_NAMES) {
        const keys = bindingsOf({ mode, ended: false, ofMatrix: false }, view).flatMap((binding) => binding.keys);
        expect(keys.length, `${mode} ${view}`).toBe(new Set(keys).size);
      }
  });

  it('lets q stop a run of one’s own and only leave a watched one', () => {
    expect(actionOf('q', 'run', 'overview')).toBe('stop');
    expect(actionOf('q', 'watch', 'overview')).toBe('leave');
    expect(actionOf('x', 'run', 'overview')).toBeNull();
    expect(actionOf('x', 'watch', 'log')).toBe('stop watched');
  });

  it('offers nothing to a run that has ended but to look and to leave', () => {
    const offered = bindingsOf({ mode: 'watch', ended: true, ofMatrix: false }, 'overview').map(({ action }) => action);
    expect(offered).toEqual(expect.arrayContaining(['leave', 'help', 'show curves']));
    for (const wish of ['pause', 'checkpoint', 'validate', 'stop watched'] as const) {
      expect(offered).not.toContain(wish);
      expect(
        bindingsOf({ mode: 'watch', ended: false, ofMatrix: false }, 'overview').map(({ action }) => action),
      ).toContain(wish);
    }
  });

  it('does not offer to leave a sweep to itself', () => {
    const offered = (ofMatrix: boolean) =>
      bindingsOf({ mode: 'run', ended: false, ofMatrix }, 'sweep').map(({ action }) => action);
    expect(offered(true)).not.toContain('detach');
    expect(offered(false)).toContain('detach');
  });

  it('lets a key mean what its view makes of it', () => {
    expect(actionOf('up', 'run', 'slices')).toBe('up');
    expect(actionOf('enter', 'run', 'curves')).toBe('enlarge');
    expect(actionOf('enter', 'run', 'sweep')).toBe('open run');
    expect(actionOf('enter', 'run', 'overview')).toBeNull();
  });
});
