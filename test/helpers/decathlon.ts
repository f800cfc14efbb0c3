import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Lays the phantoms of a BIDS folder out as a task of the Medical Segmentation Decathlon. */
export function asDecathlon(bids: string, task: string): void {
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
