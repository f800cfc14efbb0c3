import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { TrainingSettings } from '../../compiler/graph/programs.ts';
import { inferenceProgram, trainingProgram } from '../../compiler/graph/programs.ts';
import type { WeightSpec } from '../../compiler/graph/types.ts';
import { packWeights, unpackWeights } from '../../compiler/graph/weights.ts';
import { decodeSafetensors } from '../../runtime/checkpoints/safetensors.ts';
import { openNativeEngine } from '../../runtime/engine/native/open.ts';
import { locateBinding } from '../../runtime/engine/provision/locate.ts';
import { askPython } from '../helpers/ask-python.ts';
import { pythonHas } from '../helpers/python.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

/**
 * Our networks, losses and gradients against real MONAI: the same weights, image and label through both.
 *
 * The cubes are what people train; the boxes have two samples, several channels and classes, and sides that tell the axes
 * apart, down to windows smaller than the bias table's.
 */

const LOGITS_TOLERANCE = 1e-4; // largest absolute difference

/**
 * ‖ours − MONAI's‖ / ‖MONAI's‖ of each parameter. Where a rounding error moves a value across the corner of a (leaky) ReLU,
 * its gradient jumps, so that MONAI's single precision itself is some 1e-3 away from its double precision: ours may be as far.
 */
const GRADIENT_TOLERANCE = 1e-3;
const TIMES_NOISE = 2;

/**
 * A gradient that is as good as zero next to the whole is compared with a share of the whole: a 1×1×1 convolution of one
 * channel before an instance norm, SwinUNETR's `encoder1.layer.conv3`, has only the gradient that ε leaves it.
 */
const NEGLIGIBLE = 2e-4;

const optimizer: TrainingSettings['optimizer'] = {
  kind: 'adamw',
  learningRate: 1e-4,
  weightDecay: 1e-5,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  gradientClip: null,
  ema: null,
};
const foreground = {
  kind: 'dice_cross_entropy',
  includeBackground: false,
  diceWeight: 1,
  crossEntropyWeight: 1,
} as const;
const weighted = {
  kind: 'dice_cross_entropy',
  includeBackground: true,
  diceWeight: 0.7,
  crossEntropyWeight: 1.3,
} as const;

const segResNet: TrainingSettings['model'] = {
  name: 'SegResNet',
  inChannels: 1,
  outChannels: 2,
  initFilters: 16,
  blocksDown: [1, 2, 2, 4],
  blocksUp: [1, 1, 1],
  normGroups: 8,
};
const swinUnetr: TrainingSettings['model'] = {
  name: 'SwinUNETR',
  inChannels: 1,
  outChannels: 2,
  featureSize: 24,
  depths: [2, 2, 2, 2],
  numHeads: [3, 6, 12, 24],
  windowSize: 7,
};

const CASES: Readonly<Record<string, TrainingSettings>> = {
  'SegResNet-16, 64³': { model: segResNet, patch: [64, 64, 64], batchSize: 1, loss: foreground, optimizer },
  'SwinUNETR-24, 64³': { model: swinUnetr, patch: [64, 64, 64], batchSize: 1, loss: foreground, optimizer },
  'SegResNet-8, two boxes of 24×16×40': {
    model: { ...segResNet, initFilters: 8, inChannels: 3, outChannels: 4 },
    patch: [24, 16, 40],
    batchSize: 2,
    loss: weighted,
    optimizer,
  },
  'SwinUNETR-12, two boxes of 64×32×96': {
    model: { ...swinUnetr, featureSize: 12, inChannels: 2, outChannels: 3 },
    patch: [64, 32, 96],
    batchSize: 2,
    loss: weighted,
    optimizer,
  },
};

/** The names of MONAI's constructors. */
function monaiArguments(model: TrainingSettings['model']): object {
  const channels = { in_channels: model.inChannels, out_channels: model.outChannels };
  return model.name === 'SegResNet'
    ? {
        ...channels,
        init_filters: model.initFilters,
        blocks_down: model.blocksDown,
        blocks_up: model.blocksUp,
        norm: ['GROUP', { num_groups: model.normGroups }],
      }
    : {
        ...channels,
        feature_size: model.featureSize,
        depths: model.depths,
        num_heads: model.numHeads,
        window_size: model.windowSize,
      };
}

interface Reference {
  /** MONAI's parameters: names and shapes. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly floats: (name: string) => Float32Array;
  readonly label: Int32Array;
}

function referenceFor({ model, patch, batchSize, loss }: TrainingSettings): Reference {
  const path = join(temporaryFolder(), 'reference.safetensors');
  const job = { name: model.name, arguments: monaiArguments(model), size: patch, batchSize, loss, seed: 1, path };
  askPython(new URL('networks.py', import.meta.url), [job]);
  const { tensors } = decodeSafetensors(readFileSync(path));

  function floats(name: string): Float32Array {
    const tensor = tensors.get(name);
    if (tensor?.dtype !== 'F32') throw new Error(`the reference has no ${name}`);
    return tensor.data;
  }

  const label = tensors.get('label');
  if (label?.dtype !== 'I64') throw new Error('the reference has no label');
  const parameters = [...tensors].filter(([name]) => name.startsWith('weight.'));
  return {
    shapes: new Map(parameters.map(([name, { shape }]) => [name.slice('weight.'.length), shape])),
    floats,
    label: Int32Array.from(label.data, Number),
  };
}

const located = locateBinding();
const engine = located === null ? null : openNativeEngine(located);
afterAll(() => engine?.close());

interface Result {
  readonly weights: readonly WeightSpec[];
  readonly logits: Float32Array;
  readonly loss: number;
  readonly gradient: Float32Array;
}

async function ours(settings: TrainingSettings, reference: Reference): Promise<Result> {
  if (engine === null) throw new Error('no engine');
  const { model, patch, batchSize } = settings;
  const { weights, weightCount, step } = trainingProgram(settings);
  const { forward } = inferenceProgram({ model, roiSize: patch, batchSize, output: 'logits' });
  const vector = packWeights(weights, ({ name }) => reference.floats(`weight.${name}`));
  const inputs = {
    weights: engine.upload(vector, [weightCount]),
    image: engine.upload(reference.floats('image'), [batchSize, ...patch, model.inChannels]),
  };
  const label = engine.upload(reference.label, [batchSize, ...patch]);
  const outputs = { ...engine.execute(forward, inputs), ...engine.execute(step, { ...inputs, label }) };

  async function download(name: string): Promise<Float32Array> {
    const tensor = outputs[name];
    const data = tensor === undefined ? undefined : await engine?.download(tensor);
    if (!(data instanceof Float32Array)) throw new Error(`no output ${name}`);
    return data;
  }

  const [logits, loss, gradient] = [await download('logits'), await download('loss'), await download('gradient')];
  engine.dispose(...Object.values(inputs), label, ...Object.values(outputs));
  return { weights, logits, loss: loss[0] ?? Number.NaN, gradient };
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, element, index) => Math.max(largest, Math.abs(element - (b[index] ?? Number.NaN))), 0);
}

function norm(vector: Float32Array): number {
  return Math.sqrt(vector.reduce((sum, element) => sum + element * element, 0));
}

/** Parameters whose gradients are too far from the reference, with how far they are. */
function wrongGradients(weights: readonly WeightSpec[], gradient: Float32Array, reference: Reference) {
  const whole = norm(gradient);
  return [...unpackWeights(weights, gradient)].flatMap(([name, ours]) => {
    const expected = reference.floats(`gradient.${name}`);
    const difference = ours.map((element, index) => element - (expected[index] ?? Number.NaN));
    const error = norm(difference) / Math.max(norm(expected), NEGLIGIBLE * whole);
    const noise = reference.floats(`noise.${name}`)[0] ?? 0;
    return error < Math.max(GRADIENT_TOLERANCE, TIMES_NOISE * noise) ? [] : [{ name, error, noise }];
  });
}

const runnable = engine !== null && pythonHas('monai') && pythonHas('safetensors');

describe.skipIf(!runnable)('against MONAI (needs a reference Python with monai, and TensorFlow)', () => {
  it.each(Object.keys(CASES))('%s', { timeout: 300_000 }, async (name) => {
    const settings = CASES[name];
    if (settings === undefined) return;
    const reference = referenceFor(settings);
    const { weights, logits, loss, gradient } = await ours(settings, reference);

    expect(new Map(weights.map((weight) => [weight.name, [...weight.storedShape]]))).toEqual(reference.shapes);
    expect(largestDifference(logits, reference.floats('logits'))).toBeLessThan(LOGITS_TOLERANCE);
    expect(loss).toBeCloseTo(reference.floats('loss')[0] ?? Number.NaN, 5);
    expect(wrongGradients(weights, gradient, reference)).toEqual([]);
  });
});
