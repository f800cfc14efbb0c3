import type { PlanPostprocess } from '../../compiler/plan/schema.ts';
import type { Volume } from '../data/types.ts';
import type { TensorHandle } from '../engine/types.ts';
import { postprocess } from '../postprocess/apply.ts';
import type { Predictor } from './predictor.ts';
import { createRestorer, type Grid, type Restored, type RestoreMethod } from './restore.ts';
import type { SlidingWindowOptions } from './sliding-window.ts';

export interface Segmenter {
  readonly predictor: Predictor;
  readonly weights: TensorHandle;
  readonly postprocess: readonly PlanPostprocess[];
}

export interface SegmentOptions {
  readonly method?: RestoreMethod;
  readonly keepProbabilities?: boolean;
  readonly onProgress?: SlidingWindowOptions['onProgress'];
}

/**
 * Segments a volume, with labels on a grid of the caller's choice.
 *
 * @param image as the model sees it
 * @param to the image's own grid in the file, or the image itself
 * @returns null when a stop came between
 */
export async function segment(
  image: Volume,
  to: Grid,
  { predictor, weights, postprocess: steps }: Segmenter,
  { method = 'probabilities', keepProbabilities = false, onProgress }: SegmentOptions = {},
): Promise<Restored | null> {
  const { classes } = predictor;
  const restorer = createRestorer(image, to, { method, keepProbabilities, classes });
  if (!(await predictor.predict(image, weights, restorer.sink, onProgress))) return null;
  const restored = restorer.finish();
  postprocess(restored.labels, to.shape, steps, classes);
  return restored;
}
