import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expInProcess, temporaryFolder } from '../helpers/cli.ts';
import { commandsOf } from '../helpers/code-blocks.ts';
import { repositoryRoot } from '../helpers/python.ts';

/** docs/data.md: its commands run, on phantoms that lie where the page has its data sets. */

const PAGE = 'docs/data.md';
const folder = temporaryFolder();
const env = { HIPPOCAMPUS_ROOT: join(folder, 'data/organ') };

/** The phantoms of a BIDS folder as a task of the Medical Segmentation Decathlon. */
function asDecathlon(bids: string, task: string): void {
  for (const part of ['imagesTr', 'labelsTr']) mkdirSync(join(task, part), { recursive: true });
  const subjects = readdirSync(bids).filter((name) => name.startsWith('sub-'));
  const training = subjects.map((subject) => ({
    image: `./imagesTr/${subject}.nii.gz`,
    label: `./labelsTr/${subject}.nii.gz`,
  }));
  for (const subject of subjects) {
    cpSync(join(bids, subject, 'anat', `${subject}_T1w.nii.gz`), join(task, 'imagesTr', `${subject}.nii.gz`));
    const label = `${subject}_desc-manual_dseg.nii.gz`;
    cpSync(join(bids, 'derivatives/manual', subject, 'anat', label), join(task, 'labelsTr', `${subject}.nii.gz`));
  }
  const facts = { name: 'Hippocampus', modality: { 0: 'MRI' }, labels: { 0: 'background', 1: 'organ', 2: 'lesion' } };
  writeFileSync(join(task, 'dataset.json'), JSON.stringify({ ...facts, training, test: [] }));
}

describe('docs/data.md', () => {
  it('has commands that work in their order', { timeout: 60_000 }, async () => {
    cpSync(join(repositoryRoot, 'experiments/hippocampus.exp'), join(folder, 'experiments/hippocampus.exp'));
    await expInProcess(['data', 'phantom', 'data/organ', '--subjects', '8', '--size', '32'], { cwd: folder });
    asDecathlon(join(folder, 'data/organ'), join(folder, 'data/Task04_Hippocampus'));
    const commands = commandsOf(PAGE);
    expect(commands.length).toBeGreaterThan(3);
    for (const command of commands) {
      const { exitCode, stderr } = await expInProcess(command.split(' ').slice(1), { cwd: folder, env });
      expect([command, exitCode, stderr]).toEqual([command, 0, '']);
    }
    expect(readdirSync(join(folder, 'data/phantom')).filter((name) => name.startsWith('sub-'))).toHaveLength(12);
  });
});
