import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { inferenceProgram } from '../../compiler/graph/programs.ts';
import { initialWeights } from '../../compiler/graph/weights.ts';
import type { Precision } from '../../compiler/plan/precisions.ts';
import { encodeSafetensors } from '../../runtime/checkpoints/safetensors.ts';
import { monaiExtras, vectorToTensors } from '../../runtime/checkpoints/state-dict.ts';
import { IDENTITY } from '../../runtime/data/affine.ts';
import { randomStream } from '../../runtime/data/random.ts';
import type { Vec3, Volume } from '../../runtime/data/types.ts';
import { openEngine } from '../../runtime/engine/open.ts';
import { createPredictor } from '../../runtime/inference/predictor.ts';
import { segment } from '../../runtime/inference/segment.ts';
import { type NetworkName, planOf } from '../harness/plans.ts';
import { answer, cpuSeconds, givenJob, peakBytes } from '../harness/subjects.ts';

export interface InferenceJob {
  readonly network: NetworkName;
  readonly shape: Vec3;
  readonly roi: Vec3;
  readonly overlap: number;
  readonly precision: Precision;
  /** Takes the volume, the weights and the probabilities, for the peer to read. */
  readonly folder: string;
  readonly launchedAt: number;
}

function volumeOf(shape: Vec3): Volume {
  const random = randomStream({ seed: 1, purpose: 'phantom' });
  const data = Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, () => random.normal());
  return { shape, affine: IDENTITY, data };
}

export async function measureInference(): Promise<void> {
  const { network, shape, roi, overlap, precision, folder } = await givenJob<InferenceJob>();
  const plan = planOf(network, [
    `patch: ${roi.join('x')}`,
    `precision: ${precision}`,
    `inference: sliding_window(overlap: ${overlap * 100}%, blend: gaussian)`,
  ]);
  const { weights: specs } = inferenceProgram({ model: plan.model, roiSize: [...roi], batchSize: 1 });
  const vector = initialWeights(specs, 1);
  const volume = volumeOf(shape);
  const engine = await openEngine();
  const weights = engine.upload(vector, [vector.length]);
  const predictor = createPredictor(engine, plan, { requested: false });

  // What happens once a process (kernels are chosen, memory is asked for) is not what a volume takes.
  await predictor.predict(
    { ...volume, shape: roi, data: volume.data.slice(0, roi[0] * roi[1] * roi[2]) },
    weights,
    () => {},
  );
  const [start, used] = [performance.now(), cpuSeconds()];
  await segment(volume, volume, { predictor, weights, postprocess: [] });
  const seconds = (performance.now() - start) / 1000;
  const processor = (cpuSeconds() - used) / availableParallelism();
  const peak = peakBytes();

  const bytes = (data: Float32Array) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const whole = new Float32Array(volume.data.length * predictor.classes);
  await predictor.predict(volume, weights, (d, plane) => whole.set(plane, d * plane.length));
  writeFileSync(join(folder, 'probabilities.f32'), bytes(whole));
  writeFileSync(join(folder, 'volume.f32'), bytes(volume.data));
  const parameters = vectorToTensors(specs, vector);
  const tensors = new Map([...parameters, ...monaiExtras(plan.model, parameters)]);
  writeFileSync(join(folder, 'weights.safetensors'), Buffer.concat(encodeSafetensors({ tensors, metadata: {} })));
  answer({ volume_seconds: [seconds], volume_processor_seconds: [processor], peak_resident_bytes: [peak] });
  engine.dispose(weights);
  engine.close();
}
