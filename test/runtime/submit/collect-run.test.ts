import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EventWriter } from '../../../runtime/events/write.ts';
import { acquireLock, releaseLock } from '../../../runtime/run/lock.ts';
import { memberFolders, openMatrix } from '../../../runtime/run/matrix-folder.ts';
import { readPlanFile } from '../../../runtime/run/run-folder.ts';
import { collectRun, collectRungs } from '../../../runtime/submit/collect-run.ts';
import { findHandoff } from '../../../runtime/submit/handoff-folder.ts';
import {
  ensureMatrix,
  ensureRun,
  handoffPlans,
  handoffRuns,
  runsOfPart,
} from '../../../runtime/submit/handoff-runs.ts';
import { assertFree } from '../../../runtime/submit/write-handoff.ts';
import { bodyOf } from '../../helpers/run-events.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { HANDOFF_ID, writtenHandoff } from './handoffs.ts';

/** A hand-off whose first run has been started over there, and a folder of runs at home. */
function startedHandoff(runs: 1 | 4) {
  const folder = temporaryFolder();
  const handoff = writtenHandoff(folder, runs);
  const planOf = handoffPlans(handoff);
  const [first, ...others] = handoffRuns(handoff);
  if (first === undefined) throw new Error('no runs');
  const there = { runsDir: join(handoff.dir, 'runs'), baseDir: '/scratch/study' };
  const started = ensureRun(handoff, first, planOf(first), there);
  const tell = (...types: readonly ('run_started' | 'epoch_started' | 'run_finished')[]) => {
    const writer = new EventWriter(started.dir);
    for (const type of types) writer.write(bodyOf(type));
    writer.close();
  };
  tell('run_started', 'epoch_started');
  const home = { runsDir: join(folder, 'runs'), baseDir: join(folder, 'study') };
  const homeDir = join(home.runsDir, first.place);
  const collect = (run = first) => collectRun(handoff, run, planOf(run), home);
  return { folder, handoff, planOf, first, others, there, started, tell, home, homeDir, collect };
}

describe('the runs of a hand-off', () => {
  it('become ordinary run folders where a job starts them, with the plan and the sources that were handed off', () => {
    const { handoff, started, planOf, first, others, there } = startedHandoff(4);
    expect(started.info).toMatchObject({ runId: `${HANDOFF_ID}-001`, group: HANDOFF_ID, baseDir: '/scratch/study' });
    expect(readPlanFile(started.dir)).toEqual(planOf(first));
    expect(readdirSync(join(started.dir, 'imports'))).toEqual(['1-data.exp']);
    expect(JSON.parse(readFileSync(join(started.dir, 'mlflow', 'journal.json'), 'utf8')).provenance.host).toBe(
      'laptop',
    );
    expect(ensureRun(handoff, first, planOf(first), there)).toEqual(started);
    const plans = others.map((run) => planOf(run).plan);
    expect(plans.map(({ seed, optimizer }) => [optimizer.learningRate, seed])).toEqual([
      [1e-3, 2],
      [3e-3, 1],
      [3e-3, 2],
    ]);
  });

  it('are dealt out to parts so that each has as many as another, give or take one', () => {
    const runs = handoffRuns(startedHandoff(4).handoff);
    const parts = [1, 2, 3].map((part) => runsOfPart(runs, part, 3).map(({ index }) => index));
    expect(parts).toEqual([[1, 4], [2], [3]]);
  });

  it('are refused where their plans were changed by hand', () => {
    const { handoff, others } = startedHandoff(4);
    const path = join(handoff.dir, 'plan', 'members.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('"learningRate":0.003', '"learningRate":0.3'));
    const [, third] = others;
    if (third === undefined) throw new Error('no third run');
    expect(() => handoffPlans(handoff)(third)).toThrow(/line 3 of .*members\.jsonl is not what exp wrote there/);
  });
});

describe('collecting', () => {
  it('brings a run home, then what is new of it, then nothing', () => {
    const { collect, tell, homeDir, started, home } = startedHandoff(1);
    mkdirSync(join(started.dir, 'checkpoints', 'last'), { recursive: true });
    writeFileSync(join(started.dir, 'checkpoints', 'last', 'weights'), 'first');
    expect([collect(), collect()]).toEqual(['fetched', 'same']);
    expect(JSON.parse(readFileSync(join(homeDir, 'run.json'), 'utf8')).baseDir).toBe(home.baseDir);
    tell('run_finished');
    rmSync(join(started.dir, 'checkpoints', 'last'), { recursive: true });
    mkdirSync(join(started.dir, 'checkpoints', 'best'), { recursive: true });
    writeFileSync(join(started.dir, 'checkpoints', 'best', 'weights'), 'other');
    expect([collect(), collect()]).toEqual(['fetched', 'same']);
    expect(existsSync(join(homeDir, 'checkpoints', 'last', 'weights'))).toBe(false);
    expect(readFileSync(join(homeDir, 'checkpoints', 'best', 'weights'), 'utf8')).toBe('other');
    expect(readFileSync(join(homeDir, 'events.jsonl'))).toEqual(readFileSync(join(started.dir, 'events.jsonl')));
  });

  it('takes two checkpoints of one size, written in the same second, for what they are', () => {
    const { collect, homeDir, started } = startedHandoff(1);
    const path = join(started.dir, 'log.txt');
    writeFileSync(path, 'aaaa');
    collect();
    const before = statSync(path).mtimeMs;
    while (statSync(path).mtimeMs < before + 2) writeFileSync(path, 'bbbb');
    expect(collect()).toBe('fetched');
    expect(readFileSync(join(homeDir, 'log.txt'), 'utf8')).toBe('bbbb');
  });

  it('leaves the checkpoints of a run that is at work, and never its lock', () => {
    const { collect, homeDir, started } = startedHandoff(1);
    mkdirSync(join(started.dir, 'checkpoints'));
    writeFileSync(join(started.dir, 'checkpoints', 'half'), 'half of it');
    acquireLock(started.dir);
    expect(collect()).toBe('fetched');
    expect(readdirSync(homeDir)).not.toContain('checkpoints');
    releaseLock(started.dir);
    expect(collect()).toBe('fetched');
    expect(readdirSync(homeDir).filter((name) => name.includes('lock'))).toEqual([]);
    expect(existsSync(join(homeDir, 'checkpoints', 'half'))).toBe(true);
  });

  it('does not touch a run that went on at home', () => {
    const { collect, homeDir, tell } = startedHandoff(1);
    collect();
    appendFileSync(join(homeDir, 'events.jsonl'), '{"gone":"on"}\n');
    const before = readFileSync(join(homeDir, 'events.jsonl'));
    expect(collect()).toBe('ahead');
    tell('run_finished');
    expect(collect()).toBe('ahead');
    expect(readFileSync(join(homeDir, 'events.jsonl'))).toEqual(before);
  });

  it('makes the folders of runs that wait, so that a matrix is whole at home', () => {
    const { collect, handoff, planOf, first, others, home } = startedHandoff(4);
    ensureMatrix(handoff, planOf(first).plan.budget, home);
    expect([collect(), ...others.map(collect)]).toEqual(['fetched', 'waiting', 'waiting', 'waiting']);
    const matrix = openMatrix(join(home.runsDir, HANDOFF_ID));
    expect(matrix === null ? [] : memberFolders(matrix).map(({ run }) => run.id)).toHaveLength(4);
  });
});

describe('a hand-off', () => {
  it('is found by its folder, or by the beginning or the end of its id', () => {
    const folder = temporaryFolder();
    const { dir } = writtenHandoff(join(folder, 'handoff'), 1);
    expect(findHandoff('/', dir).id).toBe(HANDOFF_ID);
    for (const name of ['3f2a', '20261130', 'latest']) expect(findHandoff(folder, name).dir).toBe(dir);
    expect(() => findHandoff(folder, '91bc')).toThrow(/there is no hand-off 91bc/);
  });

  it('is not written into a folder that holds something', () => {
    const folder = temporaryFolder();
    expect(() => assertFree(join(folder, 'new'))).not.toThrow();
    writeFileSync(join(folder, 'thesis.tex'), '');
    expect(() => assertFree(folder)).toThrow(/is not empty/);
  });

  it('bring along what they were compared by', () => {
    const { handoff, there, home } = startedHandoff(4);
    collectRungs(handoff, home);
    expect(existsSync(join(home.runsDir, HANDOFF_ID, 'rungs'))).toBe(false);
    const rung = join(there.runsDir, HANDOFF_ID, 'rungs', '3');
    mkdirSync(rung, { recursive: true });
    writeFileSync(join(rung, '001=0.8'), '');
    for (let times = 0; times < 2; times++) collectRungs(handoff, home);
    expect(readdirSync(join(home.runsDir, HANDOFF_ID, 'rungs', '3'))).toEqual(['001=0.8']);
  });
});
