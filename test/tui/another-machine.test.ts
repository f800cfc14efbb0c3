import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { anotherMachineText } from '../../tui/session/another-machine.ts';

const text = `experiment tiny {
  dataset phantom(subjects: 6, size: 24, seed: 1) { split: 50% / 25% / 25% }
  model SegResNet { out_channels: 2  init_filters: 8 }
  patch: 16x16x16
  optimizer: adamw(learning_rate: 1e-3)
  schedule { epochs: 1 }
}
`;

describe('a plan for a GPU on a machine that has none', () => {
  it('is announced with its environment and with what a step takes here', () => {
    const options = { experiment: null, profile: 'cloud-gpu', set: [], environment: () => undefined };
    const { planFile } = compile({ path: 'tiny.exp', text }, options);
    if (planFile === null) throw new Error('it compiles');
    expect(anotherMachineText(planFile.plan, { environment: { EXP_CALIBRATION: 'off' } })).toMatch(
      /^the profile cloud-gpu plans for aws\.g4dn\.xlarge with a GPU T4, and this machine has none: it trains on the processor; a step is expected to take [\d.]+ m?s to [\d.]+ m?s here$/,
    );
  });
});
