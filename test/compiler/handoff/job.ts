import type { HandoffJob } from '../../../compiler/handoff/target.ts';

/** A hand-off of four runs to one machine with a GPU, of which a test says only what it is about. */
export function handoffJob(changes: Partial<HandoffJob> = {}): HandoffJob {
  return {
    id: '20261130-0620-organ-3f2a',
    experiment: 'organ',
    profile: 'lab',
    runs: 4,
    parts: 4,
    jobs: null,
    environment: {
      name: 'lab.a100',
      gpu: { name: 'A100', memoryBytes: 40e9, count: 1 },
      cpuCores: 16,
      memoryBytes: 128e9,
      pricePerHourUsd: 0,
      scheduler: { kind: 'slurm', partition: 'gpu', account: 'radiology' },
    },
    share: { cpus: 16, memoryBytes: 115e9 },
    inputs: ['data/organ'],
    baseDir: '/home/me/study',
    data: null,
    variables: [],
    outlook: [],
    exp: { kind: 'package', file: 'package/voxel-exp-0.1.0.tgz' },
    options: {},
    ...changes,
  };
}
