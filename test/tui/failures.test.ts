import { describe, expect, it } from 'vitest';
import { reportThrown } from '../../tui/failures.ts';
import { contextFor } from '../helpers/cli.ts';

describe('what was thrown', () => {
  const said = (error: Error) => {
    const { context, stderr } = contextFor('/');
    return [reportThrown(context, error), stderr.text];
  };

  it('names the limit of address space that keeps Node from working', () => {
    const error = new RangeError(
      'WebAssembly.instantiate(): Out of memory: Cannot allocate Wasm memory for new instance',
    );
    expect(said(error)).toEqual([2, expect.stringContaining('`ulimit -v unlimited`')]);
  });

  it.each([
    ['EROFS', '/data/x.exp.4711.tmp', '/data/x.exp cannot be written: the file system is read-only'],
    ['ENOSPC', '/data/x.exp', '/data/x.exp cannot be written: the disk is full'],
    ['EACCES', '/data/x.exp', 'this user may not open /data/x.exp, or write there'],
  ])('is no fault of exp where the system refuses: %s', (code, path, message) => {
    const [exit, text] = said(Object.assign(new Error(`${code}: open '${path}'`), { code, path }));
    expect([exit, text]).toEqual([2, expect.stringContaining(`error: ${message}\n`)]);
  });

  it('is a fault of exp where it is nothing else', () => {
    expect(said(new RangeError('Invalid array length'))).toEqual([
      2,
      expect.stringContaining('exp stumbled over itself: Invalid array length'),
    ]);
  });
});
