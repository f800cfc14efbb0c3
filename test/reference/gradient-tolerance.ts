/**
 * ‖ours − MONAI's‖ / ‖MONAI's‖ of each parameter's gradient. Where a rounding error moves a value across the corner of a (leaky) ReLU,
 * its gradient jumps, so that MONAI's single precision itself is 1e-3 and more away from its double precision, now and then:
 * ours may be twice as far as MONAI's farthest of a few runs (corners.py says how they differ).
 */
const GRADIENT_TOLERANCE = 1e-3;
const TIMES_NOISE = 2;

/**
 * A gradient that is as good as zero next to the whole is compared with a share of the whole: a 1×1×1 convolution of one
 * channel before an instance norm, SwinUNETR's `encoder1.layer.conv3`, has only the gradient that ε leaves it, and a bias
 * before an instance norm has none at all.
 */
const NEGLIGIBLE = 2e-4;

/** What an error of a parameter's gradient is a share of. @param length of it @param whole the length of all gradients together */
export function gradientScale(length: number, whole: number): number {
  return Math.max(length, NEGLIGIBLE * whole);
}

/** The length that an error may have. @param noise the length of MONAI's own in single precision */
export function allowedGradientError(scale: number, noise: number): number {
  return Math.max(GRADIENT_TOLERANCE * scale, TIMES_NOISE * noise);
}
