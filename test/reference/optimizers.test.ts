import { beforeAll, describe, expect, it } from 'vitest';
import { stateNames, updateScalars } from '../../compiler/graph/optimizers/table.ts';
import { updateSchedule } from '../../compiler/graph/programs.ts';
import type { PlanOptimizer } from '../../compiler/plan/schema.ts';
import type { Engine, TensorHandle } from '../../runtime/engine/types.ts';
import { askPython } from '../helpers/ask-python.ts';
import { ADAMW } from '../helpers/models.ts';
import { pythonHas } from '../helpers/python.ts';
import { native, portable } from '../runtime/engine/helpers/engines.ts';
import { noise } from '../runtime/engine/helpers/single-op.ts';
import { expectRow } from './numerics/row.ts';
import { largestDifference } from './reference-file.ts';

/** Our optimizers against torch's: twenty steps from the same weights with the same gradients and learning rates. */

const STEPS = 20;
const COUNT = 50;
const TOLERANCE = 1e-6;

const { kind: _, ...adaptive } = ADAMW;
const plain = { learningRate: 0.1, weightDecay: 0, gradientClip: null, ema: null } as const;

const OPTIMIZERS: Readonly<Record<string, PlanOptimizer>> = {
  AdamW: ADAMW,
  'AdamW, clipped, other betas': { ...ADAMW, beta1: 0.8, beta2: 0.99, epsilon: 1e-4, gradientClip: 2 },
  Adam: { kind: 'adam', ...adaptive, weightDecay: 0 },
  'Adam, weight decay': { kind: 'adam', ...adaptive, weightDecay: 0.1, gradientClip: 3 },
  'SGD, Nesterov’s momentum, as nnU-Net': { kind: 'sgd', ...plain, weightDecay: 3e-5, momentum: 0.99, nesterov: true },
  'SGD, momentum, weight decay, clipped': {
    kind: 'sgd',
    ...plain,
    weightDecay: 0.1,
    gradientClip: 1,
    momentum: 0.9,
    nesterov: false,
  },
  'SGD without momentum': { kind: 'sgd', ...plain, momentum: 0, nesterov: false },
};

const weights = noise([COUNT], 1).data;
const gradients = Array.from({ length: STEPS }, (_, step) => noise([COUNT], 100 + step).data);
const rates = Array.from({ length: STEPS }, (_, step) => 0.01 * (1 + Math.sin(step)));

function torchArguments(optimizer: PlanOptimizer): object {
  const { weightDecay: weight_decay } = optimizer;
  if (optimizer.kind === 'sgd') return { weight_decay, momentum: optimizer.momentum, nesterov: optimizer.nesterov };
  return { weight_decay, betas: [optimizer.beta1, optimizer.beta2], eps: optimizer.epsilon };
}

const TORCH_NAMES = { adamw: 'AdamW', adam: 'Adam', sgd: 'SGD' } as const;

async function ours(engine: Engine, optimizer: PlanOptimizer): Promise<Float32Array> {
  const update = updateSchedule(optimizer, COUNT);
  const names = ['weights', ...stateNames(optimizer)];
  const vector = (name: string) => (name === 'weights' ? weights : new Float32Array(COUNT));
  let vectors: Record<string, TensorHandle> = Object.fromEntries(
    names.map((name) => [name, engine.upload(vector(name), [COUNT])]),
  );
  for (const [index, values] of gradients.entries()) {
    const scalars = Object.entries(updateScalars(optimizer, rates[index] ?? 0, index + 1));
    const rest = Object.fromEntries([
      ['gradient', engine.upload(values, [COUNT])] as const,
      ...scalars.map(([name, value]) => [name, engine.upload(Float32Array.of(value), [])] as const),
    ]);
    const { gradientNorm, ...updated } = engine.execute(update, { ...vectors, ...rest });
    if (gradientNorm !== undefined) engine.dispose(gradientNorm);
    engine.dispose(...Object.values(rest));
    vectors = updated;
  }
  const result = vectors.weights === undefined ? [] : await engine.download(vectors.weights);
  engine.dispose(...Object.values(vectors));
  return Float32Array.from(result);
}

const names = Object.keys(OPTIMIZERS);

describe.skipIf(!pythonHas('torch'))('optimizers against torch’s (needs a reference Python with torch)', () => {
  let expected: readonly (readonly number[])[] = [];

  beforeAll(() => {
    const jobs = Object.values(OPTIMIZERS).map((optimizer) => ({
      name: TORCH_NAMES[optimizer.kind],
      arguments: torchArguments(optimizer),
      clip: optimizer.gradientClip,
      weights: [...weights],
      gradients: gradients.map((gradient) => [...gradient]),
      rates,
    }));
    expected = askPython(new URL('optimizers.py', import.meta.url), jobs);
  }, 300_000);

  it.each(names)('%s', async (what) => {
    const optimizer = OPTIMIZERS[what];
    if (optimizer === undefined) return;
    const plainWeights = await ours(portable, optimizer);
    const result = native === null ? plainWeights : await ours(native, optimizer);
    expectRow({
      subject: 'optimizers',
      what: `${what}, ${STEPS} steps`,
      reference: `torch.optim.${TORCH_NAMES[optimizer.kind]}`,
      ours: null,
      theirs: null,
      difference: largestDifference(result, expected[names.indexOf(what)] ?? []),
      tolerance: TOLERANCE,
    });
    expect(largestDifference(plainWeights, result)).toBeLessThan(TOLERANCE);
  });
});
