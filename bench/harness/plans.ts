import { compile } from '../../compiler/compile.ts';
import type { Plan } from '../../compiler/plan/schema.ts';

export interface Network {
  readonly name: string;
  /** The `model` line. */
  readonly model: string;
  /** As the peers know it. */
  readonly kind: 'SwinUNETR' | 'SegResNet';
  readonly width: number;
}

const network = (kind: Network['kind'], setting: string, width: number): Network => ({
  name: `${kind}-${width}`,
  model: `model ${kind} { out_channels: 2  ${setting}: ${width} }`,
  kind,
  width,
});

export const NETWORKS = {
  swin24: network('SwinUNETR', 'feature_size', 24),
  swin48: network('SwinUNETR', 'feature_size', 48),
  seg8: network('SegResNet', 'init_filters', 8),
  seg16: network('SegResNet', 'init_filters', 16),
  seg32: network('SegResNet', 'init_filters', 32),
} as const;

export type NetworkName = keyof typeof NETWORKS;

/** The plan of a small experiment around a network. @param more lines of the experiment, such as `memory: 2.5GB` */
export function planOf(name: NetworkName, more: readonly string[]): Plan {
  const text = `experiment bench {
  dataset phantom(subjects: 8, size: 32) { split: 50% / 25% / 25% }
  ${NETWORKS[name].model}
  loss: dice_cross_entropy(include_background: true)
  optimizer: adamw(learning_rate: 1e-4)
  schedule { epochs: 1 }
  ${more.join('\n  ')}
}
`;
  const { planFile, diagnostics } = compile(
    { path: 'bench.exp', text },
    { profile: null, set: [], environment: () => undefined },
  );
  if (planFile === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return planFile.plan;
}

/** `96³` or `240×240×155` */
export function sizeName([x, y, z]: readonly [number, number, number]): string {
  return x === y && y === z ? `${x}³` : `${x}×${y}×${z}`;
}
