import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { encodeNifti } from '../../runtime/data/nifti/write.ts';
import { randomStream } from '../../runtime/data/random.ts';
import type { Vec3 } from '../../runtime/data/types.ts';
import { compare } from '../harness/compare.ts';
import { benchOptions, isMeasuring } from '../harness/options.ts';
import { sizeName } from '../harness/plans.ts';
import { type DataJob, measureData, noise } from './ours.ts';

/**
 * Milliseconds for reading NIfTI volumes and for each augmentation of one patch at probability 1, against MONAI on the same
 * files and patch sizes. MONAI runs as its users run it, dictionary transforms on tensors, on one thread or all, whichever is
 * faster; ours on one, as a data worker does.
 *
 *   npm run bench:data -- [--quick]
 */

const PATCHES: readonly Vec3[] = [
  [48, 64, 48],
  [96, 96, 96],
];

function writeVolumes(folder: string): DataJob['files'] {
  const compressed = encodeNifti(noise([160, 160, 128], randomStream({ seed: 2, purpose: 'phantom' })));
  const files = { 'read .nii.gz': join(folder, 'a.nii.gz'), 'read .nii': join(folder, 'a.nii') };
  writeFileSync(files['read .nii.gz'], compressed);
  writeFileSync(files['read .nii'], gunzipSync(compressed));
  return files;
}

if (isMeasuring) await measureData();
else {
  const { quick, wants, rounds } = benchOptions();
  const folder = mkdtempSync(join(tmpdir(), 'exp-bench-data-'));
  try {
    const files = writeVolumes(folder);
    for (const patch of PATCHES.slice(0, quick ? 1 : 2).filter((sides) => wants(sizeName(sides)))) {
      const job: DataJob = { files, patch, repeats: quick ? 5 : 15 };
      await compare({
        bench: 'data',
        case: `patch ${sizeName(patch)}, volumes of 160×160×128`,
        peer: 'bench/data/peer.py',
        rounds: rounds ?? (quick ? 1 : 2),
        quick,
        subjects: ['exp', 'MONAI tuned', 'MONAI as installed'],
        job: () => job,
      });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
