import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { readLabelVolume, readVolume } from '../../runtime/data/nifti/read.ts';
import { writeNifti } from '../../runtime/data/nifti/write.ts';
import { locateBinding } from '../../runtime/engine/provision/locate.ts';
import { predictEventSchema } from '../../runtime/predict/events.ts';
import { askPython } from '../helpers/ask-python.ts';
import { exp, expInProcess, temporaryFolder } from '../helpers/cli.ts';
import { codeBlocks, commandsOf } from '../helpers/code-blocks.ts';
import { pythonHas, repositoryRoot } from '../helpers/python.ts';

/** The guide's commands, run as they stand; everything else here looks at what they left. Machines without the engine skip. */
const GUIDE = 'docs/predict.md';
const commands = commandsOf(GUIDE);

const folder = temporaryFolder({ 'organ.exp': codeBlocks(GUIDE, 'exp')[0] ?? '' });
const run = (...args: readonly string[]) => exp(args, { cwd: folder });
const at = (...parts: readonly string[]) => join(folder, ...parts);

const imageOf = (id: string) => at('other', id, 'anat', `${id}_T1w.nii.gz`);
const labelOf = (id: string) => at('other', 'derivatives', 'manual', id, 'anat', `${id}_desc-manual_dseg.nii.gz`);
const IDS = ['sub-001', 'sub-002', 'sub-003'];

interface Reference {
  readonly dice: number | null;
  readonly dtype: string;
  readonly [kept: string]: unknown;
}
const KEPT = { shape: true, affine: true, qform: true, codes: [true, true, true], zooms: true };

describe.skipIf(locateBinding() === null)('exp predict and exp evaluate (skipped without the native engine)', () => {
  const outputs = new Map<string, string>();

  beforeAll(() => {
    for (const command of commands) {
      const { exitCode, stdout, stderr } = run(...command.split(' ').slice(1));
      expect([command, exitCode, exitCode === 0 ? '' : stderr]).toEqual([command, 0, '']);
      outputs.set(command, stdout);
    }
  }, 400_000);

  it('write labels on each image’s grid, into a BIDS derivative, beside the image or where -o says', () => {
    const derivative = (id: string) => at('segmented', id, 'anat', `${id}_seg-organ_dseg.nii.gz`);
    const beside = at('other', 'sub-001', 'anat', 'sub-001_seg-organ_dseg.nii.gz');
    for (const path of [...IDS.map(derivative), beside, at('sub-001_seg.nii.gz')])
      expect(existsSync(path), path).toBe(true);
    // The same network and the same image: the same labels, wherever they go.
    expect(readLabelVolume(beside)).toEqual(readLabelVolume(derivative('sub-001')));
    expect(JSON.parse(readFileSync(at('segmented', 'dataset_description.json'), 'utf8'))).toMatchObject({
      DatasetType: 'derivative',
      GeneratedBy: [{ Name: 'voxel-exp' }],
      SourceDatasets: [{ URL: expect.stringMatching(/^file:.*other$/) }],
    });
    expect(readFileSync(at('segmented', 'dseg.tsv'), 'utf8')).toContain('1\torgan');
    expect(readdirSync(at('segmented', 'figures'))).toHaveLength(IDS.length);
  });

  it.skipIf(!pythonHas('monai'))(
    'give the Dice that MONAI gives of the written files, with the header of the image',
    () => {
      const { stdout } = run('evaluate', 'latest', '--data', 'other', '-o', 'again', '--json');
      const events = stdout
        .trim()
        .split('\n')
        .map((line) => predictEventSchema.parse(JSON.parse(line)));
      const measured = events.filter((event) => event.type === 'case_finished');
      expect(measured.map(({ id }) => id)).toEqual(IDS);
      const question = measured.map(({ id, files }) => ({
        image: imageOf(id),
        prediction: files.labels,
        truth: labelOf(id),
      }));
      const answers = askPython<Reference[]>(new URL('predict_reference.py', import.meta.url), question);
      for (const [index, { dice, ...header }] of answers.entries()) {
        expect(header).toEqual({ ...KEPT, dtype: 'uint8' });
        expect(measured[index]?.metrics.dice).toBeCloseTo(dice ?? Number.NaN, 6);
      }
    },
    180_000,
  );

  it('say the same of the run’s test subjects as the run did at its end', () => {
    const csv = run('evaluate', 'latest', '--csv', '--metrics', 'dice').stdout.trim().split('\r\n');
    const values = csv.slice(1).map((line) => Number(line.split(',')[2]));
    const mean = values.reduce((total, value) => total + value, 0) / values.length;
    const said = /test\.dice +([\d.]+)/.exec(outputs.get('exp run organ.exp') ?? '')?.[1];
    expect(mean.toFixed(4)).toBe(said);
    const [id = ''] = readdirSync(at('runs'));
    const written = readdirSync(at('runs', id, 'predictions'), { recursive: true }).map(String);
    expect(written.filter((name) => name.endsWith('.nii.gz'))).toHaveLength(1);
    expect(written.filter((name) => name.endsWith('.png'))).toHaveLength(1);
  }, 180_000);

  it('end the table with mean, median and, of many, the worst', () => {
    const table =
      outputs.get('exp evaluate latest --data other --metrics dice,surface_dice,volume_error -o evaluated') ?? '';
    expect(table).toMatch(/^case +dice +surface_dice +volume_error +time\n(sub-00\d .*\n){3}mean .*\nmedian .*\n/);
  });

  it('write probabilities that agree with the labels', () => {
    run('predict', 'latest', imageOf('sub-001'), '-o', 'probable', '--probabilities', '--overviews', '0');
    const stem = at('probable', 'sub-001', 'anat', 'sub-001_seg-organ');
    const { data } = readVolume(`${stem}_label-organ_probseg.nii.gz`);
    const labels = readLabelVolume(`${stem}_dseg.nii.gz`).data;
    expect(data.every((value, i) => Math.abs(value - 0.5) < 1e-6 || value > 0.5 === (labels[i] === 1))).toBe(true);
    expect(existsSync(at('probable', 'figures'))).toBe(false);
  }, 180_000);

  it('take any orientation, spacing and size, smaller than a window too', () => {
    const { data, affine } = readVolume(imageOf('sub-002'));
    const shape = [7, 40, 11] as const;
    const anisotropic = affine.map((row, r) =>
      r < 3 ? [row[1] * 2, row[0], row[2] * 3, row[3]] : row,
    ) as unknown as typeof affine;
    writeNifti(at('odd.nii'), { shape, affine: anisotropic, data: data.slice(0, 7 * 40 * 11) });
    expect(run('predict', 'latest', 'odd.nii', '-o', 'odd_seg.nii').exitCode).toBe(0);
    const labels = readLabelVolume(at('odd_seg.nii'));
    expect(labels.shape).toEqual(shape);
  }, 180_000);

  it('name a file that cannot be read, do the others, and exit with 2', () => {
    writeFileSync(at('broken.nii.gz'), 'no volume');
    const { exitCode, stdout, stderr } = run('predict', 'latest', 'broken.nii.gz', imageOf('sub-001'), '-o', 'partly');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/error\[EXP4102\]: .*broken\.nii\.gz/);
    expect(stdout).toContain('sub-001');
    expect(existsSync(at('partly', 'sub-001', 'anat', 'sub-001_seg-organ_dseg.nii.gz'))).toBe(true);
  }, 180_000);

  it.each([
    [['predict', 'latest', 'other', '--flips', 'u'], 1, /--flips u names no axes/],
    [['predict', 'latest', 'other', '--postprocess', 'erode'], 1, /--postprocess erode is no step/],
    [['predict', 'latest', 'other', '--overlap', '100%'], 1, /0% to 95%/],
    [['evaluate', 'latest', '--metrics', 'dise'], 1, /there is no metric dise/],
    [['evaluate', 'latest', '--split', 'tests'], 1, /there is no part tests/],
    [['predict', 'latest', 'nothing.nii.gz'], 2, /there is no .*nothing\.nii\.gz/],
    [['predict', 'latest', 'organ.exp'], 2, /organ\.exp is no volume/],
    [['predict', 'latest', 'other', '-o', 'one.nii.gz'], 2, /3 images cannot all be written to .*one\.nii\.gz/],
    [['predict', 'nobody', 'other'], 2, /there is no run nobody/],
    [['evaluate', 'latest', '--data', 'segmented'], 2, /segmented/],
  ] as const)(
    '%j exits with %i and says why',
    async (args, code, message) => {
      const { exitCode, stderr } = await expInProcess(args, { cwd: folder, env: process.env });
      expect([exitCode, stderr]).toEqual([code, expect.stringMatching(message)]);
      expect(stderr).not.toContain('stumbled');
    },
    180_000,
  );

  it('interrupted, leave no file half written, and exit with 130', async () => {
    const args = [
      join(repositoryRoot, 'bin/exp.mjs'),
      'predict',
      'latest',
      'other',
      '-o',
      'cut',
      '--overlap',
      '95%',
      '--json',
    ];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    let told = '';
    child.stdout.on('data', (chunk: Buffer) => {
      told += chunk;
    });
    while (!told.includes('"progress"') && child.exitCode === null) await sleep(20);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    const files = readdirSync(at('cut'), { recursive: true }).map(String);
    expect(files.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    for (const name of files.filter((name) => name.endsWith('.nii.gz'))) readLabelVolume(at('cut', name));
  }, 180_000);
});
