import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { writePhantomDataset } from '../../runtime/data/phantom/write-dataset.ts';
import { expInProcess, temporaryFolder } from '../helpers/cli.ts';
import { repositoryRoot } from '../helpers/python.ts';

const folder = temporaryFolder();
const hippocampus = join(repositoryRoot, '../shared/data/msd-hippocampus');

beforeAll(() => writePhantomDataset(join(folder, 'phantom'), { subjects: 4, size: 24, seed: 5 }));

describe('exp init', () => {
  it('writes an experiment for a BIDS data set that compiles as it is', async () => {
    const { exitCode, stdout, stderr } = await expInProcess(['init', '--data', 'phantom'], { cwd: folder });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('wrote phantom.exp');
    const text = readFileSync(join(folder, 'phantom.exp'), 'utf8');
    expect(text).toContain('experiment phantom {');
    expect(text).toContain('dataset bids("phantom") {');
    expect(text).toMatch(/split: 75% \/ 25% \/ 0% +\/\/ of 4 subjects/);
    const checked = await expInProcess(['check', 'phantom.exp'], { cwd: folder });
    expect(checked).toMatchObject({ exitCode: 0 });
  });

  it('says which subjects have no label, and writes that they are left out', async () => {
    const root = join(folder, 'gaps');
    writePhantomDataset(root, { subjects: 5, size: 16, seed: 5 });
    rmSync(join(root, 'derivatives/manual/sub-003/anat/sub-003_desc-manual_dseg.nii.gz'));
    const { exitCode, stdout } = await expInProcess(['init', '--data', 'gaps'], { cwd: folder });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^found .*: 4 of 5 subjects; sub-003 has no label$/m);
    expect(readFileSync(join(folder, 'gaps.exp'), 'utf8')).toContain('exclude: ["sub-003"]');
    const plan = await expInProcess(['plan', 'gaps.exp'], { cwd: folder });
    expect(plan.stdout).toMatch(/^data +.*: 3 train, 1 validation, 0 test/m);
    expect(plan.stdout).not.toContain('no label');
    const without = readFileSync(join(folder, 'gaps.exp'), 'utf8').replace(/^ *exclude:.*$/m, '');
    writeFileSync(join(folder, 'told.exp'), without);
    const told = await expInProcess(['plan', 'told.exp'], { cwd: folder });
    expect(told.stdout).toMatch(/1 image has no label and is left out: sub-003; `exclude: \["sub-003"\]`/);
    const misspelt = ['data', 'check', 'told.exp', '--set', 'dataset.exclude=sub-03'];
    const refused = await expInProcess(misspelt, { cwd: folder });
    expect(refused).toMatchObject({ exitCode: 2 });
    expect(refused.stderr).toContain('did you mean "sub-003"?');
  });

  it('writes the experiment in spite of cases that no training can use, and names them', async () => {
    const root = join(folder, 'broken');
    writePhantomDataset(root, { subjects: 5, size: 16, seed: 5 });
    writeFileSync(join(root, 'sub-002/anat/sub-002_T1w.nii.gz'), 'not a volume');
    const { exitCode, stdout } = await expInProcess(['init', '--data', 'broken'], { cwd: folder });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('(4 cases looked at)\n1 case looked at cannot be used, and a run would stop there:\n');
    expect(stdout).toMatch(/^ {2}sub-002: cannot read .*sub-002_T1w\.nii\.gz/m);
    expect(stdout).toContain('wrote broken.exp');
  });

  it('takes a file’s name as it is: quoted where a shell would split it, without accents as an experiment', async () => {
    const { stdout } = await expInProcess(['init', 'Mein Übersicht.exp', '--data', 'phantom'], { cwd: folder });
    expect(stdout).toContain("exp run 'Mein Übersicht.exp'");
    const text = readFileSync(join(folder, 'Mein Übersicht.exp'), 'utf8');
    expect(text).toContain('experiment mein-ubersicht {');
    expect(text).toContain("exp check 'Mein Übersicht.exp' ");
  });

  it('is followed by a plan that tells of labels without a class, and of data that are not there', async () => {
    const text = readFileSync(join(folder, 'phantom.exp'), 'utf8');
    const table = join(folder, 'phantom/dseg.tsv');
    writeFileSync(table, 'index\tname\n0\tbackground\n1\torgan\n2\tlesion\n');
    writeFileSync(join(folder, 'few.exp'), text.replace(/^ *foreground:.*$/m, ''));
    const few = await expInProcess(['plan', 'few.exp'], { cwd: folder });
    expect(few.stdout).toContain('the data have label 2, and `out_channels: 2` has the classes 0 to 1');
    expect(few.stdout).toContain('write `out_channels: 3`');
    rmSync(table);
    writeFileSync(join(folder, 'far.exp'), text.replace('bids("phantom")', 'bids("elsewhere")'));
    const far = await expInProcess(['plan', 'far.exp'], { cwd: folder });
    expect(far.exitCode).toBe(0);
    expect(far.stdout).toMatch(/^data +cannot be used here: no data set at .*elsewhere/m);
    expect(far.stdout).toContain('`exp run` stops without them');
    expect(far.stdout.trimEnd().split('\n').at(-1)).toMatch(/^the data cannot be used as they are · fits /);
  });

  it('is followed by a plan that warns of a patch much larger than the volumes, with one that holds as much', async () => {
    const large = await expInProcess(['plan', 'phantom.exp', '--set', 'patch=96x96x96'], { cwd: folder });
    expect(large.stdout).toMatch(
      /the first case has \d+x\d+x\d+ voxels, and `patch: 96x96x96` pads it with zeros; `patch: (32|24)x\S+` holds as much of it in a step of 1\/\d+ of the work/,
    );
    const suggested = /`patch: (\S+)` holds/.exec(large.stdout)?.[1] ?? '';
    const mended = await expInProcess(['plan', 'phantom.exp', '--set', `patch=${suggested}`], { cwd: folder });
    expect([mended.exitCode, mended.stdout]).toEqual([0, expect.not.stringContaining('pads it with zeros')]);
  });

  it('has the formatter’s form', async () => {
    expect((await expInProcess(['fmt', '--check', 'phantom.exp'], { cwd: folder })).exitCode).toBe(0);
  });

  it('leaves a file that is there alone, unless told', async () => {
    writeFileSync(join(folder, 'mine.exp'), '// mine');
    const refused = await expInProcess(['init', 'mine.exp', '--data', 'phantom'], { cwd: folder });
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('mine.exp is there already');
    expect(readFileSync(join(folder, 'mine.exp'), 'utf8')).toBe('// mine');
    const forced = await expInProcess(['init', 'mine.exp', '--data', 'phantom', '--force'], { cwd: folder });
    expect(forced.exitCode).toBe(0);
  });

  it.each(['SegResNet', 'SwinUNETR', 'UNet', 'DynUNet'])('gives %s a patch it can take', async (model) => {
    const { exitCode, stderr } = await expInProcess(['init', `${model}.exp`, '--data', 'phantom', '--model', model], {
      cwd: folder,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it('asks nothing without a terminal, and says what to name', async () => {
    const { exitCode, stderr } = await expInProcess(['init'], { cwd: folder });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('exp init --data');
  });

  it('says what a folder lacks to be a data set', async () => {
    const { exitCode, stderr } = await expInProcess(['init', '--data', '.'], { cwd: temporaryFolder() });
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('dataset_description.json');
  });

  it.skipIf(!existsSync(hippocampus))(
    'makes a class of each label of the decathlon’s hippocampus (needs shared data)',
    async () => {
      const { exitCode } = await expInProcess(['init', 'h.exp', '--data', hippocampus], { cwd: folder });
      expect(exitCode).toBe(0);
      const text = readFileSync(join(folder, 'h.exp'), 'utf8');
      expect(text).toMatch(/labels: 1 anterior, 2 posterior/i);
      expect(text).toContain('out_channels: 3');
      expect(text).toMatch(/patch: 32x48x32 +\/\/ a typical volume has/);
      const checked = await expInProcess(['data', 'check', 'h.exp'], { cwd: folder });
      expect(checked.stdout).not.toContain('smaller than the patch');
      const merged = await expInProcess(['init', 'm.exp', '--data', hippocampus, '--merge'], { cwd: folder });
      expect(merged.exitCode).toBe(0);
      expect(readFileSync(join(folder, 'm.exp'), 'utf8')).toContain('foreground: [1, 2]');
    },
  );
});
