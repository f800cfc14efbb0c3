import { describe, expect, it } from 'vitest';
import { actionOf, bindingsOf } from '../../tui/keys.ts';

describe('the key table', () => {
  it.each(['run', 'watch'] as const)('gives every key of a %s one meaning', (mode) => {
    const keys = bindingsOf(mode).flatMap((binding) => binding.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('lets q stop a run of one’s own and only leave a watched one', () => {
    expect(actionOf('q', 'run')).toBe('stop');
    expect(actionOf('q', 'watch')).toBe('leave');
    expect(actionOf('x', 'run')).toBeNull();
  });
});
