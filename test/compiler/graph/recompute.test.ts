import { describe, expect, it } from 'vitest';
import { trainingProgram } from '../../../compiler/graph/programs.ts';
import { recompute } from '../../../compiler/graph/recompute.ts';
import type { Schedule } from '../../../compiler/graph/types.ts';
import { initialWeights } from '../../../compiler/graph/weights.ts';
import { tinyPlan } from '../../helpers/tiny-plan.ts';
import { native, portable } from '../../runtime/engine/helpers/engines.ts';

/** Tensors of a megabyte: biases, statistics and other small ones are always kept. */
const SIDE = 32;
const plan = tinyPlan({ patch: [SIDE, SIDE, SIDE] });
const { step, weights, weightCount, forwardFlops } = trainingProgram(plan);
const peak = step.activationPeakBytes;
const lossNode = step.graph.values[step.graph.outputs.get('loss') ?? 0]?.producer ?? 0;

function isFormedBeforeUse({ graph }: Schedule): boolean {
  const formed = new Set([...graph.inputs.values(), ...graph.constants.map(({ value }) => value)]);
  return graph.nodes.every(({ inputs, outputs }) => {
    const known = inputs.every((input) => formed.has(input));
    for (const output of outputs) formed.add(output);
    return known;
  });
}

describe('recomputation', () => {
  it('changes nothing where the activations fit', () => {
    const result = recompute(step, peak);
    expect(result).toMatchObject({ tensors: 0, savedBytes: 0, extraFlops: 0 });
    expect(result.schedule.graph.nodes).toEqual(step.graph.nodes);
  });

  it.each([0.9, 0.75, 0.6])('makes %f of the memory do', (share) => {
    const { schedule, savedBytes, tensors, extraFlops } = recompute(step, share * peak);
    expect(schedule.activationPeakBytes).toBeLessThanOrEqual(share * peak);
    expect(savedBytes).toBe(peak - schedule.activationPeakBytes);
    expect(tensors).toBeGreaterThan(0);
    expect(extraFlops).toBeGreaterThan(0);
    expect(isFormedBeforeUse(schedule)).toBe(true);
  });

  it('costs more the less memory there is, and never a whole forward pass', () => {
    const extra = [0.9, 0.75, 0.6].map((share) => recompute(step, share * peak).extraFlops);
    expect([...extra].sort((a, b) => a - b)).toEqual(extra);
    expect(extra.at(-1)).toBeLessThan(forwardFlops);
  });

  it('gives the smallest it finds where nothing fits', () => {
    const { schedule } = recompute(step, 1);
    expect(schedule.activationPeakBytes).toBeLessThan(0.6 * peak);
    expect(isFormedBeforeUse(schedule)).toBe(true);
  });

  it('keeps the forward pass as it was, node by node', () => {
    const { schedule } = recompute(step, 0.6 * peak);
    const ops = (nodes: Schedule['graph']['nodes']) => nodes.slice(0, lossNode + 1).map(({ op, scope }) => [op, scope]);
    expect(ops(schedule.graph.nodes)).toEqual(ops(step.graph.nodes));
  });

  it('gives the same loss and gradient, bit for bit', async () => {
    const engine = native ?? portable;
    const image = Float32Array.from({ length: SIDE ** 3 }, (_, index) => Math.sin(index));
    const label = Int32Array.from({ length: SIDE ** 3 }, (_, index) => (index % 5 === 0 ? 1 : 0));
    const run = async (schedule: Schedule) => {
      const inputs = {
        weights: engine.upload(initialWeights(weights, 1), [weightCount]),
        image: engine.upload(image, [1, SIDE, SIDE, SIDE, 1]),
        label: engine.upload(label, [1, SIDE, SIDE, SIDE]),
      };
      const outputs = engine.execute(schedule, inputs);
      const results = await Promise.all(
        Object.values(outputs).map(async (output) => [...(await engine.download(output))]),
      );
      engine.dispose(...Object.values(inputs), ...Object.values(outputs));
      return results;
    };
    expect(await run(recompute(step, 0.6 * peak).schedule)).toEqual(await run(step));
  });
});
