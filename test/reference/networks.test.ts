import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainingSettings } from '../../compiler/graph/programs.ts';
import { inferenceProgram, trainingProgram } from '../../compiler/graph/programs.ts';
import type { WeightSpec } from '../../compiler/graph/types.ts';
import { packWeights, unpackWeights } from '../../compiler/graph/weights.ts';
import { openNativeEngine } from '../../runtime/engine/native/open.ts';
import { locateBinding } from '../../runtime/engine/provision/locate.ts';
import { askPython } from '../helpers/ask-python.ts';
import { monaiLoss, monaiModel } from '../helpers/monai.ts';
import { pythonHas } from '../helpers/python.ts';
import { allowedGradientError, gradientScale } from './gradient-tolerance.ts';
import { CONFIGURATIONS } from './network-table.ts';
import { expectRow, ROWS_VARIABLE } from './numerics/row.ts';
import { largestDifference, norm, type ReferenceFile, readReference } from './reference-file.ts';
import { sharedFolder } from './shared-folder.ts';

/** Our networks, losses and gradients against real MONAI: the same weights, image and label through both. */

const LOGITS_TOLERANCE = 1e-4; // largest absolute difference
const LOSS_TOLERANCE = 1e-5;

/** A bias before an instance norm has no gradient at all: of nothing, single precision leaves rounding errors. */
const NOTHING = 1e-9;
const ROUNDING = 1e-6;

const located = locateBinding();
const engine = located === null ? null : openNativeEngine(located);
afterAll(() => engine?.close());

interface Result {
  readonly weights: readonly WeightSpec[];
  readonly logits: Float32Array;
  readonly loss: number;
  readonly gradient: Float32Array;
}

async function ours(settings: TrainingSettings, reference: ReferenceFile): Promise<Result> {
  if (engine === null) throw new Error('no engine');
  const { model, patch, batchSize } = settings;
  const { weights, weightCount, step } = trainingProgram(settings);
  const { forward } = inferenceProgram({ model, roiSize: patch, batchSize, output: 'logits' });
  const vector = packWeights(weights, ({ name }) => reference.floats(`weight.${name}`));
  const inputs = {
    weights: engine.upload(vector, [weightCount]),
    image: engine.upload(reference.floats('image'), [batchSize, ...patch, model.inChannels]),
  };
  const label = engine.upload(reference.integers('label'), [batchSize, ...patch]);
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

interface GradientError {
  readonly name: string;
  readonly difference: number;
  readonly tolerance: number;
}

/** The parameter whose gradient is farthest from the reference, next to how far it may be. */
function worstGradient({ weights, gradient }: Result, reference: ReferenceFile): GradientError {
  const whole = norm(gradient);
  const errors = [...unpackWeights(weights, gradient)].map(([name, ours]): GradientError => {
    const expected = reference.floats(`gradient.${name}`);
    const difference = norm(ours.map((element, index) => element - (expected[index] ?? Number.NaN)));
    const scale = gradientScale(norm(expected), whole);
    const noise = reference.floats(`noise.${name}`)[0] ?? 0;
    const rounding = norm(expected) < NOTHING * whole ? (ROUNDING * whole) / scale : 0;
    const tolerance = Math.max(allowedGradientError(scale, noise) / scale, rounding);
    return { name, difference: difference / scale, tolerance };
  });
  return errors.reduce((worst, error) =>
    error.difference / error.tolerance > worst.difference / worst.tolerance ? error : worst,
  );
}

const everything = process.env[ROWS_VARIABLE] !== undefined;
const names = Object.keys(CONFIGURATIONS).filter((name) => everything || CONFIGURATIONS[name]?.always);
const runnable = engine !== null && pythonHas('monai') && pythonHas('safetensors');

describe.skipIf(!runnable)('against MONAI (needs a reference Python with monai, and TensorFlow)', () => {
  const folder = sharedFolder();
  const pathOf = (name: string) => join(folder(), `${names.indexOf(name)}.safetensors`);

  beforeAll(() => {
    const jobs = names.flatMap((name) => {
      const settings = CONFIGURATIONS[name];
      if (settings === undefined) return [];
      const { model, loss, patch: size, batchSize } = settings;
      return [{ model: monaiModel(model), loss: monaiLoss(loss), size, batchSize, seed: 1, path: pathOf(name) }];
    });
    askPython(new URL('networks.py', import.meta.url), jobs);
  }, 900_000);

  it.each(names)('%s', { timeout: 300_000 }, async (what) => {
    const settings = CONFIGURATIONS[what];
    if (settings === undefined) return;
    const reference = readReference(pathOf(what));
    const result = await ours(settings, reference);

    const shapes = [...reference.shapes].filter(([name]) => name.startsWith('weight.'));
    expect(new Map(result.weights.map(({ name, storedShape }) => [`weight.${name}`, [...storedShape]]))).toEqual(
      new Map(shapes),
    );
    const theirs = reference.floats('loss')[0] ?? Number.NaN;
    const monai = { what, reference: `MONAI ${settings.model.name}` };
    expectRow({
      subject: 'networks',
      ...monai,
      ours: null,
      theirs: null,
      difference: largestDifference(result.logits, reference.floats('logits')),
      tolerance: LOGITS_TOLERANCE,
    });
    expect(Math.abs(result.loss - theirs), 'loss').toBeLessThan(LOSS_TOLERANCE);
    const { name, ...error } = worstGradient(result, reference);
    expectRow({ subject: 'gradients', ...monai, what: `${what}: ${name}`, ours: null, theirs: null, ...error });
  });
});
