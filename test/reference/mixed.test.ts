import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { inferenceProgram, trainingProgram } from '../../compiler/graph/programs.ts';
import { packWeights } from '../../compiler/graph/weights.ts';
import type { PlanModel } from '../../compiler/plan/schema.ts';
import type { Batch } from '../../runtime/data/types.ts';
import type { Engine } from '../../runtime/engine/types.ts';
import { createLearner } from '../../runtime/training/learner.ts';
import { askPython } from '../helpers/ask-python.ts';
import { ADAMW, DICE_CE, DYNUNET, SEGRESNET, SWIN_UNETR, trainingSettings, UNET } from '../helpers/models.ts';
import { monaiLoss, monaiModel } from '../helpers/monai.ts';
import { pythonHas } from '../helpers/python.ts';
import { NO_NATIVE, native } from '../runtime/engine/helpers/engines.ts';
import { expectRow, ROWS_VARIABLE } from './numerics/row.ts';
import { largestDifference, norm, type ReferenceFile, readReference } from './reference-file.ts';
import { sharedFolder } from './shared-folder.ts';

/** `precision: mixed` against MONAI in float32: as near as torch's own autocast to bfloat16 comes, or twice as far. */

const STEPS = 20;
const SAMPLES = 4;
const TIMES_AUTOCAST = 2;
/** At 1e-3 the curves of SegResNet-16 part after five steps, torch's own as well: any difference grows. */
const OPTIMIZER = { ...ADAMW, learningRate: 1e-4 };

interface Case {
  readonly model: PlanModel;
  readonly patch: [number, number, number];
  readonly always: boolean;
}

const CASES: Readonly<Record<string, Case>> = {
  'SegResNet-8': { model: SEGRESNET, patch: [32, 32, 32], always: true },
  'SegResNet-16': { model: { ...SEGRESNET, initFilters: 16 }, patch: [32, 48, 32], always: false },
  'UNet, 2 residual units': { model: { ...UNET, numResUnits: 2 }, patch: [32, 32, 32], always: false },
  DynUNet: { model: DYNUNET, patch: [32, 32, 32], always: false },
  'SwinUNETR-12': { model: { ...SWIN_UNETR, featureSize: 12 }, patch: [64, 32, 32], always: false },
};

interface Mixed {
  readonly logits: Float32Array;
  /** Of the first step. */
  readonly gradient: Float32Array;
  readonly losses: readonly number[];
}

function programOf({ model, patch }: Pick<Case, 'model' | 'patch'>) {
  return trainingProgram(trainingSettings(model, patch, { optimizer: OPTIMIZER, precision: 'mixed' }));
}

async function ours(engine: Engine, { model, patch }: Case, reference: ReferenceFile): Promise<Mixed> {
  const program = programOf({ model, patch });
  const { forward } = inferenceProgram({ model, roiSize: patch, batchSize: 1, output: 'logits', precision: 'mixed' });
  const start = packWeights(program.weights, ({ name }) => reference.floats(`weight.${name}`));
  const [images, labels] = [reference.floats('images'), reference.integers('labels')];
  const shape = [1, ...patch] satisfies Batch['shape'];
  const voxels = patch.reduce((product, side) => product * side, 1);
  const batchOf = (step: number): Batch => {
    const from = ((step - 1) % SAMPLES) * voxels;
    return { image: images.slice(from, from + voxels), label: labels.slice(from, from + voxels), shape, caseIds: [] };
  };
  const take = async (name: string, outputs: ReturnType<Engine['execute']>): Promise<Float32Array> => {
    const tensor = outputs[name];
    if (tensor === undefined) throw new Error(`no output ${name}`);
    const values = Float32Array.from(await engine.download(tensor));
    engine.dispose(...Object.values(outputs));
    return values;
  };

  const first = batchOf(1);
  const weights = engine.upload(start, [start.length]);
  const image = engine.upload(first.image, [...shape, 1]);
  const label = engine.upload(first.label, shape);
  const logits = await take('logits', engine.execute(forward, { weights, image }));
  const gradient = await take('gradient', engine.execute(program.step, { weights, image, label }));
  engine.dispose(weights, image, label);

  const learner = createLearner(engine, program, OPTIMIZER, 0, { weights: start, state: null });
  const losses: number[] = [];
  for (let step = 1; step <= STEPS; step++) {
    losses.push(await learner.computeLoss(batchOf(step)));
    await learner.update(OPTIMIZER.learningRate, step);
  }
  learner.close();
  return { logits, gradient, losses };
}

const everything = process.env[ROWS_VARIABLE] !== undefined;
const names = Object.keys(CASES).filter((name) => everything || CASES[name]?.always);
const runnable = native !== null && pythonHas('monai') && pythonHas('safetensors');

describe.skipIf(!runnable)(`precision: mixed against MONAI in float32 (needs a reference Python; ${NO_NATIVE})`, () => {
  const folder = sharedFolder();
  const pathOf = (name: string) => join(folder(), `${names.indexOf(name)}.safetensors`);

  beforeAll(() => {
    const { learningRate, weightDecay } = OPTIMIZER;
    const jobs = names.flatMap((name) => {
      const item = CASES[name];
      if (item === undefined) return [];
      const made = { model: monaiModel(item.model), loss: monaiLoss(DICE_CE), size: item.patch };
      return [{ ...made, learningRate, weightDecay, steps: STEPS, samples: SAMPLES, seed: 1, path: pathOf(name) }];
    });
    askPython(new URL('mixed.py', import.meta.url), jobs);
  }, 900_000);

  it.each(names)('%s', { timeout: 300_000 }, async (name) => {
    const item = CASES[name];
    if (item === undefined || native === null) return;
    const reference = readReference(pathOf(name));
    const { logits, gradient, losses } = await ours(native, item, reference);
    const { weights } = programOf(item);
    const expected = packWeights(weights, (spec) => reference.floats(`gradient.${spec.name}`));
    const curve = reference.floats('losses');
    const common = { subject: 'mixed', reference: `MONAI ${item.model.name}, float32` } as const;
    const allowed = (of: string) => TIMES_AUTOCAST * (reference.floats(`autocast.${of}`)[0] ?? 0);

    expectRow({
      ...common,
      what: `${name}: logits`,
      ours: null,
      theirs: null,
      difference: largestDifference(logits, reference.floats('logits')),
      tolerance: allowed('logits'),
    });
    expectRow({
      ...common,
      what: `${name}: gradient of all parameters, and its norm`,
      ours: norm(gradient),
      theirs: norm(expected),
      difference: norm(gradient.map((value, index) => value - (expected[index] ?? Number.NaN))) / norm(expected),
      tolerance: allowed('gradient'),
    });
    expectRow({
      ...common,
      what: `${name}: loss over ${STEPS} steps of AdamW, and the last`,
      ours: losses.at(-1) ?? Number.NaN,
      theirs: curve.at(-1) ?? Number.NaN,
      difference: Math.max(...losses.map((loss, step) => Math.abs(loss / (curve[step] ?? Number.NaN) - 1))),
      tolerance: allowed('losses'),
    });
    expect(losses.at(-1), 'it learns').toBeLessThan(losses[0] ?? 0);
  });
});
