import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findRun } from '../../../runtime/run/find-run.ts';
import { createRun, listRuns, type NewRun, openRun, readPlanFile } from '../../../runtime/run/run-folder.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { tinyPlanFile } from '../../helpers/tiny-plan.ts';

const planFile = tinyPlanFile();

function create(runsDir: string, minute = 5, imports: NewRun['imports'] = []) {
  return createRun({
    runsDir,
    planFile,
    source: 'experiment tiny {}\n',
    sourcePath: 'tiny.exp',
    imports,
    baseDir: '/somewhere',
    now: new Date(2026, 10, 24, 17, minute),
  });
}

describe('a run folder', () => {
  it('has an id that sorts by time and says what it is', () => {
    expect(create(temporaryFolder()).id).toMatch(/^20261124-1705-tiny-[0-9a-f]{4}$/);
  });

  it('holds plan and source as they were, and what belongs to this run on this machine', () => {
    const { dir, id } = create(temporaryFolder());
    expect(readPlanFile(dir)).toEqual(planFile);
    expect(readFileSync(join(dir, 'source.exp'), 'utf8')).toBe('experiment tiny {}\n');
    expect(openRun(dir).info).toMatchObject({ runId: id, planId: planFile.planId, baseDir: '/somewhere', group: null });
  });

  it('keeps what the source imports, by the paths that origins give', () => {
    const { dir, info } = create(temporaryFolder(), 5, [
      { path: '../shared/lab.exp', text: 'a' },
      { path: 'study/lab.exp', text: 'b' },
    ]);
    expect(info.imports).toEqual([
      { path: '../shared/lab.exp', file: 'imports/1-lab.exp' },
      { path: 'study/lab.exp', file: 'imports/2-lab.exp' },
    ]);
    expect(info.imports.map(({ file }) => readFileSync(join(dir, file), 'utf8'))).toEqual(['a', 'b']);
  });
});

describe('finding a run', () => {
  it('takes latest, an id, its beginning, its end, or a path', () => {
    const runsDir = temporaryFolder();
    const [older, newer] = [create(runsDir, 5), create(runsDir, 6)];
    expect(findRun(runsDir, 'latest').id).toBe(newer.id);
    expect(findRun(runsDir, older.id).id).toBe(older.id);
    expect(findRun(runsDir, '20261124-1705').id).toBe(older.id);
    expect(findRun(runsDir, newer.id.slice(-9)).id).toBe(newer.id);
    expect(findRun('/nowhere', older.dir).id).toBe(older.id);
  });

  it('says which runs a name may mean, and when it means none', () => {
    const runsDir = temporaryFolder();
    expect(() => findRun(runsDir, 'latest')).toThrow('there is no run in');
    create(runsDir);
    create(runsDir);
    expect(() => findRun(runsDir, '2026')).toThrow(/2026 may be 20261124-1705-tiny-\w{4} or 20261124-1705-tiny-\w{4}/);
    expect(() => findRun(runsDir, 'swin')).toThrow('there is no run swin');
    expect(() => findRun(runsDir, 'lates')).toThrow(
      expect.objectContaining({ help: expect.stringContaining('did you mean latest?') }),
    );
  });

  it('lists the newest first and passes over what is no run', () => {
    const runsDir = temporaryFolder();
    const [older, newer] = [create(runsDir, 5), create(runsDir, 6)];
    mkdirSync(join(runsDir, 'something-else'));
    expect(listRuns(runsDir).map(({ id }) => id)).toEqual([newer.id, older.id]);
  });
});
