import { describe, expect, it } from 'vitest';
import { trainingProgram } from '../../../compiler/graph/programs.ts';
import type { Schedule } from '../../../compiler/graph/types.ts';
import { trainingWorkload } from '../../../compiler/graph/workload.ts';
import type { Precision } from '../../../compiler/plan/precisions.ts';
import { ADAMW, DICE_CE, SEGRESNET } from '../../helpers/models.ts';

/** `precision: mixed` in the graph, before anything runs. */

const SETTINGS = { model: SEGRESNET, patch: [32, 32, 32], batchSize: 1, loss: DICE_CE, optimizer: ADAMW } as const;

function program(precision: Precision) {
  return trainingProgram({ ...SETTINGS, patch: [...SETTINGS.patch], activationLimitBytes: null, precision });
}

function opsIn(format: 'float32' | 'bfloat16', { graph }: Schedule): ReadonlySet<string> {
  return new Set(
    graph.nodes.flatMap(({ op, outputs }) =>
      outputs.some((output) => graph.values[output]?.dtype === format) ? [op] : [],
    ),
  );
}

describe('precision: mixed', () => {
  const [wide, mixed] = [program('float32'), program('mixed')];

  it('has nothing in bfloat16 but convolutions and the ReLUs before them', () => {
    expect([...opsIn('bfloat16', mixed.step)].sort()).toEqual([
      'cast',
      'conv3d',
      'conv3dGradFilter',
      'conv3dGradInput',
      'relu',
      'reluGrad',
    ]);
    expect(opsIn('bfloat16', mixed.update).size).toBe(0);
    expect(opsIn('bfloat16', wide.step).size).toBe(0);
  });

  it('takes and gives float32: weights, image, loss and gradient', () => {
    const { graph } = mixed.step;
    for (const value of [...graph.inputs.values(), ...graph.outputs.values()])
      expect(graph.values[value]?.dtype).not.toBe('bfloat16');
    expect(mixed.weights).toEqual(wide.weights);
  });

  it('keeps activations of two bytes where float32 keeps four', () => {
    expect(mixed.step.activationPeakBytes).toBeLessThan(0.9 * wide.step.activationPeakBytes);
  });

  it('counts its convolutions by themselves for the time estimate, and does as much arithmetic', () => {
    const [before, after] = [trainingWorkload(wide), trainingWorkload(mixed)];
    expect(before.bfloat16Flops).toBe(0);
    expect(after.bfloat16Flops).toBeGreaterThan(5 * after.convolutionFlops);
    expect(after.bfloat16Flops + after.convolutionFlops).toBe(before.convolutionFlops);
    expect(mixed.forwardFlops).toBe(wide.forwardFlops);
  });
});
