import { writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { spatialDivisor } from '../../../compiler/graph/networks/table.ts';
import { inferenceProgram } from '../../../compiler/graph/programs.ts';
import { initialWeights } from '../../../compiler/graph/weights.ts';
import type { PlanModel } from '../../../compiler/plan/schema.ts';
import { WEIGHTS_FILE } from '../../../runtime/checkpoints/checkpoint.ts';
import { encodeSafetensors, type SafeTensor } from '../../../runtime/checkpoints/safetensors.ts';
import { openData } from '../../../runtime/data/data-module.ts';
import { openNativeEngine } from '../../../runtime/engine/native/open.ts';
import { locateBinding } from '../../../runtime/engine/provision/locate.ts';
import { createPredictor } from '../../../runtime/inference/predictor.ts';
import { openRun } from '../../../runtime/run/run-folder.ts';
import { validateCases } from '../../../runtime/training/validation.ts';
import { exportWeights } from '../../../runtime/weights/export-weights.ts';
import { openRunWeights } from '../../../runtime/weights/open-weights.ts';
import { weightSpecs } from '../../../runtime/weights/read-weights.ts';
import { askPython } from '../../helpers/ask-python.ts';
import { DYNUNET, SEGRESNET, SWIN_UNETR, UNET } from '../../helpers/models.ts';
import { monaiModel } from '../../helpers/monai.ts';
import { pythonHas } from '../../helpers/python.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { tinyPlan } from '../../helpers/tiny-plan.ts';
import { expectStatus, tinyRuns } from '../training/tiny-run.ts';

/** What MONAI makes of weights from here: the same logits from every file, and the same Dice on the same cases. */

const REFERENCE = new URL('exported_weights.py', import.meta.url);

const LOGITS_TOLERANCE = 1e-4; // largest absolute difference
/** Of a voxel whose classes are equally probable to the seventh digit, the two may choose another one. */
const DICE_TOLERANCE = 1e-3;

const MODELS: Readonly<Record<string, PlanModel>> = {
  SegResNet: { ...SEGRESNET, outChannels: 3 },
  SwinUNETR: { ...SWIN_UNETR, featureSize: 12 },
  'SwinUNETR v2': { ...SWIN_UNETR, featureSize: 12, useV2: true },
  UNet: { ...UNET, numResUnits: 2 },
  DynUNet: { ...DYNUNET, resBlock: true },
  'DynUNet with deep supervision': { ...DYNUNET, deepSupervision: true, deepSuprNum: 2 },
};

const located = locateBinding();
const engine = located === null ? null : openNativeEngine(located);
afterAll(() => engine?.close());

function saved(name: string, tensors: ReadonlyMap<string, SafeTensor>): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, Buffer.concat(encodeSafetensors({ tensors, metadata: {} })));
  return path;
}

function floats(shape: readonly number[], data: Float32Array): SafeTensor {
  return { dtype: 'F32', shape, data };
}

/** Our logits of a network on the smallest image that leaves two voxels to normalise, and its weights as every format has them. */
async function exported(model: PlanModel) {
  if (engine === null) throw new Error('no engine');
  const [x, y, z] = spatialDivisor(model);
  const roiSize: [number, number, number] = [x, y, 2 * z];
  const shape = [1, ...roiSize, model.inChannels];
  const specs = weightSpecs(model);
  const vector = initialWeights(specs, 5);
  const voxels = shape.reduce((product, side) => product * side, 1);
  const values = Float32Array.from({ length: voxels }, (_, i) => Math.sin(i * 12.9898) * 2);
  const { forward } = inferenceProgram({ model, roiSize, batchSize: 1, output: 'logits' });
  const inputs = { weights: engine.upload(vector, [vector.length]), image: engine.upload(values, shape) };
  const outputs = engine.execute(forward, inputs);
  const logits = outputs.logits === undefined ? [] : [...(await engine.download(outputs.logits))];
  engine.dispose(...Object.values(inputs), ...Object.values(outputs));

  const plan = { ...tinyPlan(), model: { ...model, weights: null } };
  const files = (['safetensors', 'pt'] as const).map((format) => {
    const path = join(temporaryFolder(), `weights.${format}`);
    const settings = { size: plan.patch, classes: [], shardBytes: 0 };
    const file = exportWeights({ path: '', run: null, plan, specs, vector, warnings: [] }, format, settings);
    if (file.kind === 'file') writeFileSync(path, Buffer.concat(file.pieces));
    return path;
  });
  return { model, logits, files, image: saved('image.safetensors', new Map([['image', floats(shape, values)]])) };
}

function largestDifference(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length) return Number.NaN;
  return ours.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (theirs[i] ?? Number.NaN))), 0);
}

const runnable = engine !== null && pythonHas('monai') && pythonHas('safetensors');

describe.skipIf(!runnable)('MONAI (skipped: no reference Python with monai, or no TensorFlow)', () => {
  it('gives our logits, whatever the network and the format', { timeout: 300_000 }, async () => {
    const samples = [];
    for (const [name, model] of Object.entries(MODELS)) samples.push({ name, ...(await exported(model)) });
    const jobs = samples.flatMap(({ files, image, model }) =>
      files.map((path) => ({ task: 'logits', ...monaiModel(model), path, image })),
    );
    const theirs = askPython<number[][]>(REFERENCE, jobs);
    const farthest = samples.flatMap(({ name, files, logits }) =>
      files.map((file) => [`${name}, ${extname(file)}`, largestDifference(logits, theirs.shift() ?? [])] as const),
    );
    expect(farthest).toHaveLength(jobs.length);
    expect(farthest.filter(([, difference]) => !(difference < LOGITS_TOLERANCE))).toEqual([]);
  });

  describe('measures our Dice', () => {
    const runs = tinyRuns();

    it('of a run’s best checkpoint, case by case', { timeout: 180_000 }, async () => {
      if (engine === null) return;
      const { schedule } = tinyPlan();
      const runDir = runs.create({
        dataset: { ...tinyPlan().dataset, split: { train: 0.5, validation: 0.25, test: 0.25 } },
        schedule: { ...schedule, epochs: 12, validateEveryEpochs: 4 },
      });
      expectStatus(await runs.train(runDir), 'completed', 0);
      const run = openRun(runDir);
      const { plan, vector, path } = openRunWeights(run, 'best');
      const { baseDir } = run.info;
      const data = await openData({ ...plan, workers: 0, baseDir, cacheDir: join(baseDir, 'cache/data') });
      const cases = [...data.split.validation, ...data.split.test];

      const weights = engine.upload(vector, [vector.length]);
      const predictor = createPredictor(engine, plan, { requested: false });
      const ours: Record<string, number> = {};
      const tensors = new Map<string, SafeTensor>();
      for await (const { files, metrics } of validateCases(cases, weights, { data, predictor, plan })) {
        ours[files.id] = metrics.dice ?? Number.NaN;
        const { image, label } = await data.prepared(files);
        tensors.set(`image.${files.id}`, floats(image.shape, image.data));
        const classes = BigInt64Array.from(label.data, BigInt);
        tensors.set(`label.${files.id}`, { dtype: 'I64', shape: label.shape, data: classes });
      }
      engine.dispose(weights);
      await data.close();

      const inference = { ...plan.inference, roiSize: plan.inference.roiSize ?? plan.patch };
      const job = {
        task: 'dice',
        ...monaiModel(plan.model),
        path: join(path, WEIGHTS_FILE),
        ids: Object.keys(ours),
        inference,
      };
      const [theirs = {}] = askPython<Record<string, number>[]>(REFERENCE, [
        { ...job, cases: saved('cases.safetensors', tensors) },
      ]);
      expect(Object.keys(ours)).toHaveLength(cases.length);
      for (const [id, dice] of Object.entries(ours)) {
        expect(dice).toBeGreaterThan(0.3);
        expect(Math.abs(dice - (theirs[id] ?? Number.NaN))).toBeLessThan(DICE_TOLERANCE);
      }
    });
  });
});
