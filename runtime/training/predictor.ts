import { inferenceProgram } from '../../compiler/graph/programs.ts';
import type { Plan } from '../../compiler/plan/schema.ts';
import type { PreparedCase } from '../data/types.ts';
import type { Engine, TensorHandle } from '../engine/types.ts';
import { argMax, slidingWindow } from '../inference/sliding-window.ts';
import { output } from './learner.ts';
import type { StopRequest } from './stop-request.ts';

/** Segments whole cases with a sliding window. */
export interface Predictor {
  /**
   * @returns class indices [D, H, W] on the prepared grid, or null when a stop came between
   */
  segment(prepared: PreparedCase, weights: TensorHandle): Promise<Uint8Array | null>;
}

export function createPredictor(
  engine: Engine,
  plan: Pick<Plan, 'model' | 'patch' | 'inference'>,
  stop: StopRequest,
): Predictor {
  const { model, inference } = plan;
  const roiSize = inference.roiSize ?? plan.patch;
  const { batchSize, overlap, blend } = inference;
  const { forward } = inferenceProgram({ model, roiSize, batchSize });
  const classes = model.outChannels;

  const predict = async (weights: TensorHandle, windows: Float32Array): Promise<Float32Array> => {
    const image = engine.upload(windows, [batchSize, ...roiSize, model.inChannels]);
    const probabilities = output(engine.execute(forward, { weights, image }), 'probabilities');
    engine.dispose(image);
    const values = await engine.download(probabilities);
    engine.dispose(probabilities);
    return values instanceof Float32Array ? values : Float32Array.from(values);
  };

  return {
    segment: async ({ image }, weights) => {
      const probabilities = await slidingWindow(image.data, image.shape, {
        roiSize,
        overlap,
        blend,
        batchSize,
        classes,
        predict: (windows) => predict(weights, windows),
        shouldStop: () => stop.requested,
      });
      return probabilities === null ? null : argMax(probabilities, classes);
    },
  };
}
