import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readImage } from '../../runtime/data/channels.ts';
import { findBidsCases } from '../../runtime/data/layouts/bids.ts';
import { readLabelVolume } from '../../runtime/data/nifti/read.ts';
import { writeNifti } from '../../runtime/data/nifti/write.ts';
import type { CaseFiles } from '../../runtime/data/types.ts';
import { locateBinding } from '../../runtime/engine/provision/locate.ts';
import { exp, expInProcess, temporaryFolder } from '../helpers/cli.ts';
import { rawNifti, writeBytes } from '../runtime/data/volumes.ts';

/** Several images a subject, from `exp init` to `exp evaluate`: a file a channel in BIDS, one file in a decathlon. */

const EXPERIMENT = `experiment two {
  dataset bids("organ") {
    image: ["T1w", "T2w"]
    label: "desc-manual_dseg"
    foreground: [1]
    split: 50% / 25% / 25%
  }
  model SegResNet { in_channels: 2  init_filters: 4  blocks_down: [1, 1]  blocks_up: [1]  norm_groups: 2 }
  patch: 16x16x16
  optimizer: adamw(learning_rate: 1e-2)
  schedule { epochs: 6  validate: every 3 epochs  lr_schedule: constant }
  predict: test
  workers: 0
}
`;

const folder = temporaryFolder({ 'two.exp': EXPERIMENT });
const run = (...args: readonly string[]) => expInProcess(args, { cwd: folder });
const at = (...names: readonly string[]) => join(folder, ...names);

/** The same cases as a decathlon has them: the channels along the fourth axis of one file. */
function writeDecathlon(cases: readonly CaseFiles[]): void {
  for (const name of ['imagesTr', 'labelsTr']) mkdirSync(at('decathlon', name), { recursive: true });
  const training = cases.map((files) => {
    const { shape, affine, channels, data } = readImage(files, 2);
    const [nx, ny, nz] = shape;
    const stored = new Float32Array(data.length);
    let i = 0;
    for (let c = 0; c < channels; c++) {
      for (let x = 0; x < nx; x++) {
        for (let y = 0; y < ny; y++) {
          for (let z = 0; z < nz; z++) stored[x + nx * (y + ny * (z + nz * c))] = data[i++] ?? 0;
        }
      }
    }
    const image = rawNifti({
      dims: [4, nx, ny, nz, channels, 1, 1, 1],
      datatype: 16,
      bitpix: 32,
      sform: { code: 1, rows: affine.slice(0, 3).flat() },
      voxels: Buffer.from(stored.buffer),
    });
    writeBytes(at('decathlon/imagesTr'), `${files.id}.nii.gz`, image);
    writeNifti(at('decathlon/labelsTr', `${files.id}.nii.gz`), readLabelVolume(files.label));
    return { image: `./imagesTr/${files.id}.nii.gz`, label: `./labelsTr/${files.id}.nii.gz` };
  });
  writeFileSync(
    at('decathlon/dataset.json'),
    JSON.stringify({ name: 'two', labels: { 0: 'background', 1: 'organ' }, training }),
  );
}

beforeAll(async () => {
  await run('data', 'phantom', 'organ', '--subjects', '4', '--size', '24', '--channels', '2');
  const source = { layout: 'bids', root: at('organ'), image: ['T1w', 'T2w'], label: 'desc-manual_dseg' } as const;
  writeDecathlon(findBidsCases({ ...source, image: [...source.image], derivative: null }).cases);
});

describe('a data set of two images a subject', () => {
  it.each(['organ', 'decathlon'])('is seen by exp init: %s', async (data) => {
    expect(await run('init', `${data}-init.exp`, '--data', data, '--yes')).toMatchObject({ exitCode: 0 });
    const text = readFileSync(at(`${data}-init.exp`), 'utf8');
    expect(text).toMatch(/in_channels: 2/);
    if (data === 'organ') expect(text).toMatch(/image: \["T1w", "T2w"\]/);
    expect(await run('check', `${data}-init.exp`)).toMatchObject({ exitCode: 0 });
    expect(await run('data', 'check', `${data}-init.exp`)).toMatchObject({ exitCode: 0 });
  });

  it('is checked channel by channel', async () => {
    const one = EXPERIMENT.replace('["T1w", "T2w"]', '"T1w"').replace('in_channels: 2', 'in_channels: 1');
    writeFileSync(at('wrong.exp'), one.replace(/bids\((.|\n)*?foreground/, 'decathlon("decathlon") {\n    foreground'));
    expect((await run('data', 'check', 'wrong.exp')).stdout).toMatch(/the image has 2 channels, and the model takes 1/);
  });

  it('says which channel a subject lacks', async () => {
    const flair = await run('data', 'check', 'two.exp', '--set', 'dataset.image=["T1w", "FLAIR"]');
    expect(flair.stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /no channel \*_FLAIR\.nii\.gz beside .*sub-001_T1w\.nii\.gz; found sub-001_T2w\.nii\.gz/,
    );
  });
});

describe.skipIf(locateBinding() === null)('a network of two channels (skipped without TensorFlow)', () => {
  beforeAll(() => {
    const { exitCode, stderr } = exp(['run', 'two.exp', '--quiet'], { cwd: folder });
    expect([exitCode, exitCode === 0 ? '' : stderr]).toEqual([0, '']);
  }, 120_000);

  const labels = (output: string) => {
    const found = readdirSync(at(output), { recursive: true, encoding: 'utf8' }).filter((name) =>
      /dseg\.nii\.gz$/.test(name),
    );
    return new Map(found.map((name) => [/sub-\d+/.exec(name)?.[0], readLabelVolume(at(output, name)).data]));
  };

  it('predicts a folder, one image of which the other lies beside, and one file of both alike', {
    timeout: 120_000,
  }, () => {
    const inputs = {
      folder: 'organ',
      beside: 'organ/sub-002/anat/sub-002_T1w.nii.gz',
      whole: 'decathlon/imagesTr/sub-002.nii.gz',
    };
    const second = Object.entries(inputs).map(([name, input]) => {
      const { exitCode, stderr } = exp(['predict', 'latest', input, '-o', name, '--overviews', '1'], { cwd: folder });
      expect([exitCode, exitCode === 0 ? '' : stderr]).toEqual([0, '']);
      return labels(name).get('sub-002');
    });
    expect(labels('folder').size).toBe(4);
    expect(second[0]?.some((label) => label === 1)).toBe(true);
    expect(second[1]).toEqual(second[0]);
    expect(second[2]).toEqual(second[0]);
  });

  it('is evaluated on either layout with the same metrics', { timeout: 120_000 }, () => {
    const dice = ['organ', 'decathlon'].map((data) => {
      const { stdout, stderr } = exp(['evaluate', 'latest', '--data', data, '--csv'], { cwd: folder });
      expect(stdout, stderr).toMatch(/sub-001/);
      // Names, and what was measured; not where, nor how long it took.
      return stdout.split('\n').map((line) => [line.split(',')[0], line.split(',')[2]].join());
    });
    expect(dice[1]).toEqual(dice[0]);
  });
});
