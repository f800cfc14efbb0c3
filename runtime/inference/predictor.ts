import { inferenceProgram } from '../../compiler/graph/programs.ts';
import type { Plan } from '../../compiler/plan/schema.ts';
import type { Volume } from '../data/types.ts';
import type { Engine, TensorHandle } from '../engine/types.ts';
import type { PlaneSink } from './plane-sums.ts';
import { type SlidingWindowOptions, slidingWindow } from './sliding-window.ts';

/** Predicts whole volumes with a sliding window. */
export interface Predictor {
  readonly classes: number;
  /**
   * @param image of all its channels, on the grid that the model was trained on
   * @param sink takes the probabilities
   * @returns whether it was done; false when a stop came between
   */
  predict(
    image: Volume,
    weights: TensorHandle,
    sink: PlaneSink,
    onProgress?: SlidingWindowOptions['onProgress'],
  ): Promise<boolean>;
}

export function createPredictor(
  engine: Engine,
  plan: Pick<Plan, 'model' | 'patch' | 'inference' | 'precision'>,
  stop: { readonly requested: boolean },
): Predictor {
  const { model, inference, precision } = plan;
  const roiSize = inference.roiSize ?? plan.patch;
  const { batchSize, overlap, blend, flips } = inference;
  const { forward } = inferenceProgram({ model, roiSize, batchSize, precision });
  const classes = model.outChannels;

  const predictBatch = async (weights: TensorHandle, windows: Float32Array): Promise<Float32Array> => {
    const image = engine.upload(windows, [batchSize, ...roiSize, model.inChannels]);
    const { probabilities } = engine.execute(forward, { weights, image });
    if (probabilities === undefined) throw new Error('the inference program has no probabilities');
    engine.dispose(image);
    const values = await engine.download(probabilities);
    engine.dispose(probabilities);
    return values instanceof Float32Array ? values : Float32Array.from(values);
  };

  return {
    classes,
    predict: (image, weights, sink, onProgress) => {
      const options: SlidingWindowOptions = {
        roiSize,
        overlap,
        blend,
        flips,
        batchSize,
        classes,
        predict: (windows) => predictBatch(weights, windows),
        shouldStop: () => stop.requested,
        ...(onProgress === undefined ? {} : { onProgress }),
      };
      return slidingWindow(image.data, image.shape, options, sink);
    },
  };
}
