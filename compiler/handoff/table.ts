import type { Target } from './target.ts';
import { azureml } from './targets/azureml.ts';
import { colab } from './targets/colab.ts';
import { kubernetes } from './targets/kubernetes.ts';
import { skypilot } from './targets/skypilot.ts';
import { slurm } from './targets/slurm.ts';

/** Every target of `exp submit --to`, in the order of the help. */
export const TARGETS = { slurm, skypilot, kubernetes, colab, azureml } as const satisfies Readonly<
  Record<string, Target>
>;

export type TargetName = keyof typeof TARGETS;

export function isTarget(name: string): name is TargetName {
  return Object.hasOwn(TARGETS, name);
}
