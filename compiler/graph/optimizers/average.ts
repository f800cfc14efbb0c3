/**
 * Exponential moving average of the weights: average ← d·average + (1 − d)·weights after each step, which generalises
 * better than the weights of the last step.
 *
 * A constant d would keep the random initial weights in the average for 1 / (1 − d) steps, so it starts low:
 * d = min(decay, (1 + step) / (10 + step)).
 *
 * @param step counted from 1
 * @see tf.train.ExponentialMovingAverage (num_updates)
 */
export function averageDecay(decay: number, step: number): number {
  return Math.min(decay, (1 + step) / (10 + step));
}
