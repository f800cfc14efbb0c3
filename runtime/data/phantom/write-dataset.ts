import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { voxelSizes } from '../affine.ts';
import { writeNifti } from '../nifti/write.ts';
import { reorient } from '../transforms/orientation.ts';
import { makePhantom, PHANTOM_CONTRASTS } from './organ.ts';

export interface PhantomOptions {
  readonly subjects: number;
  /** Voxels along an edge, about. */
  readonly size: number;
  readonly seed: number;
  /** Images of each subject; 1 unless given. */
  readonly channels?: number;
}

/** Orientations that scanners and converters leave behind; subjects take them in turn. */
const ORIENTATIONS = ['RAS', 'LPS', 'LAS', 'RPI', 'ASR', 'PIR', 'SLA', 'LIP'] as const;

const BIDS_VERSION = '1.9.0';

function json(content: object): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}

/**
 * Writes a BIDS data set of phantoms: `sub-NNN/anat/sub-NNN_T1w.nii.gz` (and `T2w`, `FLAIR`, `PDw`), labels (0 background, 1 organ) in
 * `derivatives/manual/…_desc-manual_dseg.nii.gz`. Spacing, orientation and intensity scale vary; the same options give the
 * same bytes.
 *
 * @param onProgress called after each subject
 */
export function writePhantomDataset(
  root: string,
  options: PhantomOptions,
  onProgress: (done: number, total: number) => void = () => {},
): void {
  const { subjects, size, seed, channels = 1 } = options;
  const labels = join(root, 'derivatives', 'manual');
  mkdirSync(labels, { recursive: true });
  writeFileSync(
    join(root, 'dataset_description.json'),
    json({
      Name: `Phantoms, ${subjects} subjects`,
      BIDSVersion: BIDS_VERSION,
      DatasetType: 'raw',
      License: 'CC0',
      GeneratedBy: [{ Name: 'exp data phantom', Description: `subjects ${subjects}, size ${size}, seed ${seed}` }],
    }),
  );
  writeFileSync(
    join(labels, 'dataset_description.json'),
    json({
      Name: 'Phantom labels',
      BIDSVersion: BIDS_VERSION,
      DatasetType: 'derivative',
      GeneratedBy: [{ Name: 'exp data phantom' }],
    }),
  );
  writeFileSync(join(labels, 'dseg.tsv'), 'index\tname\n0\tbackground\n1\torgan\n');

  const rows = ['participant_id\torientation\tspacing_mm\tvoxels'];
  for (let subject = 1; subject <= subjects; subject++) {
    const name = `sub-${String(subject).padStart(3, '0')}`;
    const { images, label } = makePhantom(seed, subject, size, channels);
    const orientation = ORIENTATIONS[(subject - 1) % ORIENTATIONS.length] ?? 'RAS';
    for (const [channel, image] of images.entries()) {
      const { suffix } = PHANTOM_CONTRASTS[channel] ?? PHANTOM_CONTRASTS[0];
      writeNifti(join(root, name, 'anat', `${name}_${suffix}.nii.gz`), reorient(image, orientation));
    }
    const turned = reorient(images[0], orientation);
    writeNifti(join(labels, name, 'anat', `${name}_desc-manual_dseg.nii.gz`), reorient(label, orientation));
    const spacing = voxelSizes(turned.affine).map((mm) => mm.toFixed(2));
    rows.push([name, orientation, spacing.join('x'), turned.shape.join('x')].join('\t'));
    onProgress(subject, subjects);
  }
  writeFileSync(join(root, 'participants.tsv'), `${rows.join('\n')}\n`);
}
