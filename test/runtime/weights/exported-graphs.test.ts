import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Converter from '@tensorflow/tfjs-converter';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inferenceProgram } from '../../../compiler/graph/programs.ts';
import { initialWeights } from '../../../compiler/graph/weights.ts';
import { encodeSafetensors } from '../../../runtime/checkpoints/safetensors.ts';
import { openNativeEngine } from '../../../runtime/engine/native/open.ts';
import { loadTfjs, type TensorLibrary } from '../../../runtime/engine/portable/tfjs.ts';
import { locateBinding } from '../../../runtime/engine/provision/locate.ts';
import type { ExportFormat } from '../../../runtime/weights/export-formats.ts';
import { exportWeights } from '../../../runtime/weights/export-weights.ts';
import type { OpenWeights } from '../../../runtime/weights/open-weights.ts';
import { weightSpecs } from '../../../runtime/weights/read-weights.ts';
import { askPython } from '../../helpers/ask-python.ts';
import { monaiModel } from '../../helpers/monai.ts';
import { pythonHas } from '../../helpers/python.ts';
import { serveFolder } from '../../helpers/serve-folder.ts';
import { tinyPlan } from '../../helpers/tiny-plan.ts';
import { CONFIGURATIONS, type Configuration } from '../../reference/network-table.ts';
import { expectRow, ROWS_VARIABLE } from '../../reference/numerics/row.ts';
import { largestDifference, readReference } from '../../reference/reference-file.ts';
import { sharedFolder } from '../../reference/shared-folder.ts';

/** Networks exported with their weights: onnxruntime, tfjs, MONAI and our engine give the same logits. */

const { loadGraphModel }: typeof Converter = createRequire(import.meta.url)('@tensorflow/tfjs-converter');

const LOGITS_TOLERANCE = 1e-4; // largest absolute difference
const located = locateBinding();
const engine = located === null ? null : openNativeEngine(located);
afterAll(() => engine?.close());

const everything = process.env[ROWS_VARIABLE] !== undefined;
const names = Object.keys(CONFIGURATIONS).filter((name) => everything || CONFIGURATIONS[name]?.always);

interface Sample extends Configuration {
  readonly name: string;
  readonly weights: OpenWeights;
  readonly image: Float32Array;
  readonly shape: readonly number[];
  readonly logits: ArrayLike<number>;
}

async function sampleOf(name: string): Promise<Sample> {
  const configuration = CONFIGURATIONS[name];
  if (engine === null || configuration === undefined) throw new Error('no engine');
  const { model, patch, batchSize } = configuration;
  const specs = weightSpecs(model);
  // Norms start from ones and zeros, which would hide a parameter in the wrong place.
  const vector = initialWeights(specs, 3).map((weight, index) => weight + 0.02 * Math.sin(index * 1.7));
  const shape = [batchSize, ...patch, model.inChannels];
  const voxels = shape.reduce((product, side) => product * side, 1);
  const image = Float32Array.from({ length: voxels }, (_, index) => Math.sin(index * 12.9898) * 2);
  const { forward } = inferenceProgram({ model, roiSize: patch, batchSize, output: 'logits' });
  const inputs = { weights: engine.upload(vector, [vector.length]), image: engine.upload(image, shape) };
  const outputs = engine.execute(forward, inputs);
  const logits = outputs.logits === undefined ? [] : await engine.download(outputs.logits);
  engine.dispose(...Object.values(inputs), ...Object.values(outputs));
  const plan = { ...tinyPlan(), patch, model: { ...model, weights: null } };
  const weights = { path: 'tiny', run: null, plan, specs, vector, warnings: [] };
  return { ...configuration, name, weights, image, shape, logits };
}

const CLASSES = ['background', 'organ'];

function write(sample: Sample, format: ExportFormat, path: string): string {
  const settings = { size: sample.patch, classes: CLASSES, shardBytes: 64 * 1024 };
  const exported = exportWeights(sample.weights, format, settings);
  if (exported.kind === 'file') writeFileSync(path, Buffer.concat(exported.pieces));
  else {
    mkdirSync(path);
    for (const { name, pieces } of exported.files) writeFileSync(join(path, name), Buffer.concat(pieces));
  }
  return path;
}

const rowOf = ({ name, logits }: Sample, reference: string, theirs: ArrayLike<number>) => ({
  subject: 'weights' as const,
  what: `${reference.startsWith('MONAI') ? 'ONNX export' : 'Export'} of ${name}`,
  reference,
  ours: null,
  theirs: null,
  difference: largestDifference(logits, theirs),
  tolerance: LOGITS_TOLERANCE,
});

interface OnnxAnswer {
  readonly inputs: Readonly<Record<string, readonly unknown[]>>;
  readonly outputs: Readonly<Record<string, readonly unknown[]>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly weights: readonly string[];
  readonly ops: readonly string[];
}

const runnable = engine !== null && pythonHas('onnxruntime') && pythonHas('monai') && pythonHas('safetensors');

describe.skipIf(!runnable)('ONNX (skipped: no reference Python with monai and onnxruntime, or no TensorFlow)', () => {
  const folder = sharedFolder();
  const samples = new Map<string, Sample>();
  const answers = new Map<string, OnnxAnswer>();

  beforeAll(async () => {
    const jobs = [];
    for (const [index, name] of names.entries()) {
      const sample = await sampleOf(name);
      samples.set(name, sample);
      const at = (what: string) => join(folder(), `${index}-${what}`);
      const image = new Map([['image', { dtype: 'F32' as const, shape: sample.shape, data: sample.image }]]);
      writeFileSync(at('image'), Buffer.concat(encodeSafetensors({ tensors: image, metadata: {} })));
      jobs.push({
        model: monaiModel(sample.model),
        onnx: write(sample, 'onnx', at('model.onnx')),
        weights: write(sample, 'safetensors', at('weights')),
        image: at('image'),
        path: at('logits'),
      });
    }
    const given = askPython<OnnxAnswer[]>(new URL('exported_graphs.py', import.meta.url), jobs);
    given.forEach((answer, index) => void answers.set(names[index] ?? '', answer));
  }, 1_800_000);

  it.each(names)('%s', (name) => {
    const sample = samples.get(name);
    if (sample === undefined) throw new Error('no sample');
    const reference = readReference(join(folder(), `${names.indexOf(name)}-logits`));
    expectRow(rowOf(sample, 'onnxruntime', reference.floats('onnx')));
    expectRow(rowOf(sample, `MONAI ${sample.model.name}`, reference.floats('monai')));
  });
});

describe.skipIf(engine === null)('tfjs (skipped without TensorFlow)', () => {
  const folder = sharedFolder();
  // On WebAssembly a SwinUNETR takes half a minute, which `npm run numerics` has.
  const samples = names.filter(
    (name) => CONFIGURATIONS[name]?.always && (everything || CONFIGURATIONS[name].model.name !== 'SwinUNETR'),
  );
  let served: Awaited<ReturnType<typeof serveFolder>>;
  let tf: TensorLibrary;

  beforeAll(async () => {
    tf = await loadTfjs('wasm');
    served = await serveFolder(folder());
  });
  afterAll(() => served?.close());

  it.each(samples)('%s', { timeout: 240_000 }, async (name) => {
    const sample = await sampleOf(name);
    write(sample, 'tfjs', join(folder(), `${samples.indexOf(name)}`));
    const model = await loadGraphModel(`${served.url}/${samples.indexOf(name)}/model.json`);
    const image = tf.tensor(sample.image, [...sample.shape]);
    const logits = model.execute({ image });
    if (!(logits instanceof tf.Tensor)) throw new Error('there is one output');
    expectRow(rowOf(sample, 'tfjs on wasm', await logits.data()));
    expect(model.inputs.map(({ name: input, shape }) => [input, shape])).toEqual([
      ['image', [-1, ...sample.shape.slice(1)]],
    ]);
    model.dispose();
    tf.dispose([image, logits]);
  });
});
