import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readVolume } from '../../runtime/data/nifti/read.ts';
import { writeNifti } from '../../runtime/data/nifti/write.ts';
import { writePhantomDataset } from '../../runtime/data/phantom/write-dataset.ts';
import { expInProcess, temporaryFolder } from '../helpers/cli.ts';

const EXPERIMENT = `experiment tiny {
  dataset bids("set") {
    image: "T1w"
    label: "desc-manual_dseg"
    split: 50% / 25% / 25%
  }
  model SegResNet { out_channels: 2 }
  patch: 16x16x16
  schedule { epochs: 1 }
}
`;

const folder = temporaryFolder({ 'tiny.exp': EXPERIMENT });
const run = (...args: string[]) => expInProcess(args, { cwd: folder });

beforeAll(() => {
  writePhantomDataset(join(folder, 'set'), { subjects: 8, size: 32, seed: 2 });
});

describe('exp data check', () => {
  it('says that a sound data set is sound, by its folder and by its experiment', async () => {
    for (const path of ['set', 'tiny.exp']) {
      const { exitCode, stdout, stderr } = await run('data', 'check', path);
      expect(stdout).toContain('8 cases');
      // No terminal, no progress line.
      expect(stderr).toBe('');
      expect(exitCode).toBe(0);
    }
  });

  it('lists what is wrong and exits with 1; --json has it for machines', async () => {
    const path = join(folder, 'set/sub-003/anat/sub-003_T1w.nii.gz');
    const sound = readVolume(path);
    writeNifti(path, { ...sound, data: sound.data.map(() => 1) });
    const text = await run('data', 'check', 'tiny.exp');
    expect(text.stdout).toMatch(/^error +constant +sub-003$/m);
    expect(text.stdout).toContain('1 error');
    expect(text.exitCode).toBe(1);
    const json = await run('data', 'check', 'tiny.exp', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      cases: 8,
      findings: [{ severity: 'error', kind: 'constant', cases: ['sub-003'] }],
    });
    expect(json.exitCode).toBe(1);
    writeNifti(path, sound);
  });

  it('says where it looked when there is no data set', async () => {
    const { exitCode, stderr } = await run('data', 'check', 'nowhere');
    expect(stderr).toContain('no data set at');
    expect(exitCode).toBe(2);
  });
});

describe('exp data stats', () => {
  it('describes sizes, intensities and labels, and suggests a patch', async () => {
    const { stdout, exitCode } = await run('data', 'stats', 'set');
    expect(stdout).toMatch(/^ {2}1 +organ +8 +/m);
    expect(stdout).toMatch(/^suggested patch: \d+x\d+x\d+$/m);
    expect(exitCode).toBe(0);
    const { stats } = JSON.parse((await run('data', 'stats', 'set', '--json')).stdout);
    expect(stats).toMatchObject({ cases: 8, subjects: 8, unreadable: 0 });
  });
});
