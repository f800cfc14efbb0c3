import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheRoot } from '../../../runtime/engine/provision/cache.ts';
import { writeTrouble } from '../../../runtime/run/folder-trouble.ts';

function refused(code: string, path: string) {
  return writeTrouble(path, Object.assign(new Error(code), { code, path }));
}

describe('what the system refuses to write', () => {
  it.each(['EROFS', 'EACCES', 'EPERM'])('names what says where the file lies: %s', (code) => {
    expect(refused(code, '/study/runs/one/events.jsonl')?.help).toMatch(/^choose another place with --runs-dir, or /);
    expect(refused(code, join(cacheRoot(), 'data', 'prepared.bin'))?.help).toMatch(
      /^choose another place with EXP_CACHE_DIR, or /,
    );
  });

  it('leads on where another place is not what is missing', () => {
    expect(refused('ENOSPC', join(cacheRoot(), 'data'))?.help).toMatch(/^make room on it, then continue/);
    expect(refused('EBUSY', 'somewhere')).toBeNull();
  });
});
