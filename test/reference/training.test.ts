import { join } from 'node:path';
import { beforeAll, describe, it } from 'vitest';
import { trainingProgram } from '../../compiler/graph/programs.ts';
import { packWeights } from '../../compiler/graph/weights.ts';
import type { PlanModel } from '../../compiler/plan/schema.ts';
import type { Batch } from '../../runtime/data/types.ts';
import { createLearner } from '../../runtime/training/learner.ts';
import { askPython } from '../helpers/ask-python.ts';
import { ADAMW, DICE_CE, DYNUNET, SEGRESNET, SWIN_UNETR, trainingSettings, UNET } from '../helpers/models.ts';
import { monaiLoss, monaiModel } from '../helpers/monai.ts';
import { pythonHas } from '../helpers/python.ts';
import { NO_NATIVE, native } from '../runtime/engine/helpers/engines.ts';
import { expectRow, ROWS_VARIABLE } from './numerics/row.ts';
import { type ReferenceFile, readReference } from './reference-file.ts';
import { sharedFolder } from './shared-folder.ts';

/** Twenty steps of training against MONAI and torch: the same weights, data and order, each on its own from there. */

const STEPS = 20;
const SAMPLES = 4;
const TOLERANCE = 1e-3; // largest relative difference of a step's loss

interface Training {
  readonly model: PlanModel;
  readonly patch: [number, number, number];
  readonly always: boolean;
}

const dynUnet = { ...DYNUNET, resBlock: true, deepSupervision: true, deepSuprNum: 2 };

const TRAININGS: Readonly<Record<string, Training>> = {
  'SegResNet-8': { model: SEGRESNET, patch: [16, 24, 16], always: true },
  'UNet, 2 residual units': { model: { ...UNET, numResUnits: 2 }, patch: [16, 24, 16], always: true },
  'DynUNet, residual, deep supervision': { model: dynUnet, patch: [16, 24, 16], always: true },
  'SwinUNETR-12': { model: { ...SWIN_UNETR, featureSize: 12 }, patch: [64, 32, 32], always: false },
  'SegResNet-8, deconv': { model: { ...SEGRESNET, upsampleMode: 'deconv' }, patch: [16, 24, 16], always: false },
  UNet: { model: UNET, patch: [16, 24, 16], always: false },
  DynUNet: { model: DYNUNET, patch: [16, 24, 16], always: false },
};

async function ours({ model, patch }: Training, reference: ReferenceFile): Promise<readonly number[]> {
  if (native === null) throw new Error('no engine');
  const program = trainingProgram(trainingSettings(model, patch));
  const weights = packWeights(program.weights, ({ name }) => reference.floats(`weight.${name}`));
  const learner = createLearner(native, program, ADAMW, 0, { weights, state: null });
  const [images, labels] = [reference.floats('images'), reference.integers('labels')];
  const shape = [1, ...patch] satisfies Batch['shape'];
  const voxels = patch.reduce((product, side) => product * side, 1);
  const curve: number[] = [];
  for (let step = 1; step <= STEPS; step++) {
    const from = ((step - 1) % SAMPLES) * voxels;
    const image = images.slice(from, from + voxels);
    const label = labels.slice(from, from + voxels);
    curve.push(await learner.computeLoss({ image, label, shape, caseIds: [] }));
    await learner.update(ADAMW.learningRate, step);
  }
  learner.close();
  return curve;
}

const everything = process.env[ROWS_VARIABLE] !== undefined;
const names = Object.keys(TRAININGS).filter((name) => everything || TRAININGS[name]?.always);
const runnable = native !== null && pythonHas('monai') && pythonHas('safetensors');

describe.skipIf(!runnable)(`training against MONAI and torch (needs a reference Python; ${NO_NATIVE})`, () => {
  const folder = sharedFolder();
  const pathOf = (name: string) => join(folder(), `${names.indexOf(name)}.safetensors`);

  beforeAll(() => {
    const { learningRate, weightDecay } = ADAMW;
    const jobs = names.flatMap((name) => {
      const training = TRAININGS[name];
      if (training === undefined) return [];
      const { model, patch: size } = training;
      const made = { model: monaiModel(model), loss: monaiLoss(DICE_CE), size, learningRate, weightDecay };
      return [{ ...made, steps: STEPS, samples: SAMPLES, seed: 1, path: pathOf(name) }];
    });
    askPython(new URL('training.py', import.meta.url), jobs);
  }, 900_000);

  it.each(names)('%s', { timeout: 300_000 }, async (what) => {
    const training = TRAININGS[what];
    if (training === undefined) return;
    const reference = readReference(pathOf(what));
    const [curve, expected] = [await ours(training, reference), reference.floats('losses')];
    const differences = curve.map((loss, step) => {
      const theirs = expected[step] ?? Number.NaN;
      return Math.abs(loss - theirs) / theirs;
    });
    expectRow({
      subject: 'training',
      what: `${what}, ${STEPS} steps of AdamW`,
      reference: `MONAI ${training.model.name}`,
      // The last loss.
      ours: curve.at(-1) ?? Number.NaN,
      theirs: expected.at(-1) ?? Number.NaN,
      difference: Math.max(...differences),
      tolerance: TOLERANCE,
    });
  });
});
