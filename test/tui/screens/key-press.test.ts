import { describe, expect, it } from 'vitest';
import { decodeKeys } from '../../../tui/terminal/key-press.ts';

describe('keys of a terminal', () => {
  it.each([
    ['q', ['q']],
    ['\u001b', ['escape']],
    ['\u001b[A\u001b[B', ['up', 'down']],
    ['\u001bOA', ['up']],
    ['\u001b[1;5C', ['right']],
    ['\u001b[5~\u001b[6~', ['pageup', 'pagedown']],
    ['\u001b[Z\t', ['shift+tab', 'tab']],
    ['\u0003\u001a', ['ctrl+c', 'ctrl+z']],
    ['\r\u007f ', ['enter', 'backspace', 'space']],
    ['ä', ['ä']],
    ['\u001b[99~', []],
  ] as const)('%j', (chunk, keys) => {
    expect(decodeKeys(chunk)).toEqual(keys);
  });
});
