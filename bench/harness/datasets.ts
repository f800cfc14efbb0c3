import { cpSync, linkSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeNifti } from '../../runtime/data/nifti/write.ts';
import { makePhantom } from '../../runtime/data/phantom/organ.ts';

/** `dataset` blocks of experiments, whose files are written beside the experiment. */

/** Phantoms as `exp` makes them by itself. */
export function phantoms(subjects: number, side: number): string {
  return `dataset phantom(subjects: ${subjects}, size: ${side}) { split: 80% / 20% / 0% }`;
}

/** Three subjects of one large volume that is written once, not compressed. */
export function largePhantoms(folder: string, side: number): string {
  const { images, label } = makePhantom(1, 1, side);
  const root = join(folder, 'data');
  const paths = (subject: string) => ({
    image: join(root, subject, 'anat', `${subject}_T1w.nii`),
    label: join(root, 'derivatives', 'manual', subject, 'anat', `${subject}_desc-manual_dseg.nii`),
  });
  const [first, ...others] = ['sub-001', 'sub-002', 'sub-003'].map(paths);
  if (first === undefined) throw new Error('there is no subject');
  for (const path of [first, ...others].flatMap((each) => [each.image, each.label]))
    mkdirSync(join(path, '..'), { recursive: true });
  writeNifti(first.image, images[0]);
  writeNifti(first.label, label);
  for (const other of others) {
    linkSync(first.image, other.image);
    linkSync(first.label, other.label);
  }
  const description = JSON.stringify({ Name: 'Large phantoms', BIDSVersion: '1.9.0' });
  for (const place of [root, join(root, 'derivatives', 'manual')])
    writeFileSync(join(place, 'dataset_description.json'), description);
  return 'dataset bids("data") { image: "T1w"  label: "desc-manual_dseg"  split: 67% / 33% / 0% }';
}

const HIPPOCAMPI = 13;

/** A few subjects of the real data set, as if they had voxels of 0.5 mm. @param source its folder, in BIDS */
export function hippocampus(folder: string, source: string): string {
  const labels = join('derivatives', 'manual');
  const subjects = readdirSync(source).filter((name) => name.startsWith('sub-'));
  for (const name of [...subjects.slice(0, HIPPOCAMPI), 'dataset_description.json']) {
    for (const part of ['.', labels])
      cpSync(join(source, part, name), join(folder, 'data', part, name), { recursive: true });
  }
  return `dataset bids("data") {
    image: "T1w"
    label: "desc-manual_dseg"
    foreground: [1, 2]
    split: 90% / 10% / 0%
    spacing: 0.5x0.5x0.5 mm
    intensity: zscore(nonzero: true)
  }`;
}
