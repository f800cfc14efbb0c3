import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Precision } from '../../compiler/plan/precisions.ts';
import type { Vec3 } from '../../runtime/data/types.ts';
import { compare } from '../harness/compare.ts';
import { benchOptions, isMeasuring } from '../harness/options.ts';
import { NETWORKS, type NetworkName, sizeName } from '../harness/plans.ts';
import type { Subject } from '../harness/subjects.ts';
import { type InferenceJob, measureInference } from './ours.ts';

/**
 * Seconds for the labels of one whole volume by a sliding window of 96³ with Gaussian blending, against MONAI's
 * sliding_window_inference with the same weights on the same volume, and by how much their probabilities differ; in bfloat16
 * against MONAI under torch's autocast to it.
 *
 *   npm run bench:inference -- [--quick] [--only SegResNet-16]
 */

interface Case {
  readonly network: NetworkName;
  readonly shape: Vec3;
  readonly roi: Vec3;
  readonly overlap: number;
  readonly precision?: Precision;
  readonly rounds: number;
}

const BRAIN: Vec3 = [240, 240, 155]; // A volume of BraTS.
const ROI: Vec3 = [96, 96, 96];

const CASES: readonly Case[] = [
  { network: 'seg16', shape: BRAIN, roi: ROI, overlap: 0.25, rounds: 3 },
  { network: 'seg16', shape: BRAIN, roi: ROI, overlap: 0.25, precision: 'mixed', rounds: 2 },
  { network: 'seg16', shape: BRAIN, roi: ROI, overlap: 0.5, rounds: 2 },
  { network: 'swin24', shape: BRAIN, roi: ROI, overlap: 0.25, rounds: 2 },
  { network: 'swin24', shape: BRAIN, roi: ROI, overlap: 0.25, precision: 'mixed', rounds: 2 },
  { network: 'swin24', shape: BRAIN, roi: ROI, overlap: 0.5, rounds: 1 },
];

const QUICK: readonly Case[] = [
  { network: 'seg16', shape: [120, 120, 96], roi: ROI, overlap: 0.25, rounds: 2 },
  { network: 'swin24', shape: [120, 96, 96], roi: ROI, overlap: 0.25, rounds: 1 },
];

function nameOf({ network, shape, overlap, precision = 'float32' }: Case): string {
  const format = precision === 'mixed' ? ', precision: mixed' : '';
  return `${NETWORKS[network].name}, ${sizeName(shape)}, overlap ${overlap * 100} %${format}`;
}

if (isMeasuring) await measureInference();
else {
  const { quick, wants, rounds } = benchOptions();
  for (const item of (quick ? QUICK : CASES).filter((candidate) => wants(nameOf(candidate)))) {
    const folder = mkdtempSync(join(tmpdir(), 'exp-bench-inference-'));
    const { network, shape, roi, overlap, precision = 'float32' } = item;
    const ours: Omit<InferenceJob, 'launchedAt'> = { network, shape, roi, overlap, precision, folder };
    const { kind, width } = NETWORKS[network];
    const job = (subject: Subject, round: number) => {
      if (subject === 'exp') return ours;
      // As installed it takes several times as long, and once is enough to see that.
      if (subject === 'MONAI as installed' && (round > 0 || overlap > 0.25 || precision === 'mixed')) return null;
      return { kind, width, shape, roi, overlap, precision, folder };
    };
    try {
      await compare({
        bench: 'inference',
        case: nameOf(item),
        peer: 'bench/inference/peer.py',
        rounds: rounds ?? item.rounds,
        quick,
        subjects: ['exp', 'MONAI tuned', 'MONAI as installed'],
        job,
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
