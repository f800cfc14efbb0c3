import type { Precision } from '../../compiler/plan/precisions.ts';
import { compare } from '../harness/compare.ts';
import { benchOptions, isMeasuring } from '../harness/options.ts';
import { NETWORKS, type NetworkName } from '../harness/plans.ts';
import type { Subject } from '../harness/subjects.ts';
import { measureStep, type StepJob } from './ours.ts';

/**
 * Seconds of a training step (forward, backward, optimizer; batch 1, one channel in, two classes out, float32 unless `precision: mixed`), of the first
 * step from the start of the program, and the most memory that the program had resident; with and without a limit of memory.
 *
 *   npm run bench:step -- [--quick] [--only SwinUNETR-24]
 */

interface Case {
  readonly network: NetworkName;
  readonly size: number;
  /** The plan's `memory`, which makes a step compute again what it has no room for. */
  readonly memory: string | null;
  readonly precision?: Precision;
  readonly rounds: number;
  /** Steps of each process after its first. MONAI as installed takes few, since it takes long. */
  readonly steps: Readonly<Record<Subject, number>>;
}

const steps = (ours: number, installed: number): Case['steps'] => ({
  exp: ours,
  'MONAI tuned': ours,
  'MONAI as installed': installed,
});

const CASES: readonly Case[] = [
  { network: 'seg8', size: 64, memory: null, rounds: 2, steps: steps(6, 4) },
  { network: 'seg8', size: 96, memory: null, rounds: 2, steps: steps(5, 2) },
  { network: 'seg8', size: 128, memory: null, rounds: 2, steps: steps(4, 1) },
  { network: 'seg16', size: 64, memory: null, rounds: 2, steps: steps(6, 4) },
  { network: 'seg16', size: 96, memory: null, rounds: 2, steps: steps(6, 2) },
  { network: 'seg16', size: 128, memory: null, rounds: 2, steps: steps(3, 1) },
  { network: 'seg16', size: 96, memory: null, precision: 'mixed', rounds: 2, steps: steps(6, 0) },
  { network: 'seg32', size: 64, memory: null, rounds: 2, steps: steps(4, 2) },
  { network: 'seg32', size: 96, memory: null, rounds: 2, steps: steps(3, 1) },
  { network: 'seg32', size: 128, memory: null, rounds: 2, steps: steps(2, 0) },
  { network: 'swin24', size: 64, memory: null, rounds: 2, steps: steps(5, 2) },
  { network: 'swin24', size: 96, memory: null, rounds: 2, steps: steps(4, 1) },
  { network: 'swin24', size: 96, memory: null, precision: 'mixed', rounds: 2, steps: steps(4, 0) },
  { network: 'swin24', size: 96, memory: '4GB', rounds: 2, steps: steps(4, 0) },
  { network: 'swin24', size: 96, memory: '2.4GB', rounds: 2, steps: steps(3, 0) },
  { network: 'swin24', size: 128, memory: null, rounds: 2, steps: steps(2, 0) },
  { network: 'swin48', size: 64, memory: null, rounds: 2, steps: steps(3, 1) },
  { network: 'swin48', size: 96, memory: null, rounds: 2, steps: steps(2, 0) },
];

const QUICK: readonly Case[] = [
  { network: 'seg16', size: 64, memory: null, rounds: 2, steps: steps(3, 2) },
  { network: 'swin24', size: 64, memory: null, rounds: 2, steps: steps(3, 1) },
];

function nameOf({ network, size, memory, precision = 'float32' }: Case): string {
  const settings = [
    ...(memory === null ? [] : [`memory: ${memory}`]),
    ...(precision === 'mixed' ? ['precision: mixed'] : []),
  ];
  return [NETWORKS[network].name, `${size}³`, ...settings].join(', ');
}

function jobFor(item: Case, subject: Subject, round: number): object | null {
  const count = item.steps[subject];
  // A limit of memory is nothing that the peer has, its form in bfloat16 is its autocast, and its slowest form is asked once.
  if (count === 0 || (subject !== 'exp' && item.memory !== null)) return null;
  if (subject === 'MONAI as installed' && round > 0) return null;
  const { network, size, memory, precision = 'float32' } = item;
  if (subject === 'exp')
    return { network, size, memory, precision, steps: count } satisfies Omit<StepJob, 'launchedAt'>;
  const { kind, width } = NETWORKS[network];
  return { kind, width, size, precision, steps: count };
}

if (isMeasuring) await measureStep();
else {
  const { quick, wants, rounds } = benchOptions();
  for (const item of (quick ? QUICK : CASES).filter((candidate) => wants(nameOf(candidate)))) {
    await compare({
      bench: 'step',
      case: nameOf(item),
      peer: 'bench/step/peer.py',
      rounds: rounds ?? item.rounds,
      quick,
      subjects: ['exp', 'MONAI tuned', 'MONAI as installed'],
      job: (subject, round) => jobFor(item, subject, round),
    });
  }
}
