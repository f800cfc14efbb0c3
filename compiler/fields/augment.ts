import { type CallList, callVariant, defaulted, required } from './field.ts';
import { list, perAxis } from './values/lists.ts';
import { fraction, number, quantity } from './values/numbers.ts';
import { factorRange, numberRange } from './values/ranges.ts';
import { flag, oneOf } from './values/words.ts';

const probability = required(fraction({ min: 0, max: 1, example: '50%' }), 'How often a patch is changed so.');
const range = required(fraction({ min: 0, max: 10, example: '10%' }), 'Largest change, in either direction.');

/**
 * `augment { flip(…) }`: random changes of training patches, in this order. `affine` and `elastic` come first wherever they
 * stand: they say where in the volume a patch's voxels are taken from.
 */
export const AUGMENT = {
  kind: 'callList',
  noun: 'augmentation',
  variants: {
    flip: callVariant('Mirrors the patch along each of the axes, independently.', {
      axes: defaulted(
        list(oneOf('x', 'y', 'z'), { example: '[x, y, z]' }),
        ['x', 'y', 'z'],
        'Axes that may be mirrored.',
      ),
      probability,
    }),
    rotate90: callVariant('Turns the patch by 90, 180 or 270 degrees in one of the planes.', {
      planes: defaulted(list(oneOf('xy', 'xz', 'yz'), { example: '[xy]' }), ['xy'], 'Planes in which to turn.'),
      probability,
    }),
    affine: callVariant(
      'Rotates, scales and shifts about the patch’s centre: trilinear for images, nearest for labels, borders repeated (MONAI RandAffine).',
      {
        rotation: defaulted(
          perAxis(quantity('angle', { min: 0, max: 180, example: '15deg' })),
          [0, 0, 0],
          'Largest angle about each axis, in either direction.',
        ),
        scale: defaulted(
          factorRange({ above: 0, max: 10, example: '85%..125%' }),
          { from: 1, to: 1 },
          'How much more of the volume the patch shows along each axis: 125% makes organs smaller, as in MONAI.',
        ),
        translation: defaulted(
          perAxis(number({ min: 0, max: 1024, example: '4' })),
          [0, 0, 0],
          'Largest shift along each axis, in voxels.',
        ),
        probability,
      },
    ),
    elastic: callVariant('Bends the patch smoothly: cubic B-splines between random control points.', {
      spacing: defaulted(number({ min: 4, max: 256, example: '16' }), 16, 'Distance of control points, in voxels.', {
        reason: 'bends whole organs rather than their texture',
      }),
      magnitude: required(
        numberRange({ min: 0, max: 64, example: '1..4' }),
        'Largest displacement of a control point, in voxels; drawn from the range.',
      ),
      probability,
    }),
    gamma: callVariant(
      'Raises intensities between a patch’s minimum and maximum to a power (MONAI RandAdjustContrast).',
      {
        range: required(numberRange({ above: 0, max: 10, example: '0.7..1.5' }), 'The power is drawn from this range.'),
        invert: defaulted(flag, false, 'Whether intensities are negated before, and again after.'),
        retain_stats: defaulted(flag, false, 'Whether the patch keeps its mean and standard deviation, as in nnU-Net.'),
        probability,
      },
    ),
    gaussian_smooth: callVariant(
      'Blurs with a Gaussian, whose width is drawn for each axis (MONAI RandGaussianSmooth).',
      {
        sigma: required(numberRange({ above: 0, max: 16, example: '0.5..1.0' }), 'Standard deviation, in voxels.'),
        probability,
      },
    ),
    low_resolution: callVariant('Coarsens and interpolates again (MONAI RandSimulateLowResolution).', {
      zoom: required(
        numberRange({ above: 0, max: 1, example: '0.5..1' }),
        'Size of the coarse patch as a part of the whole; drawn from the range.',
      ),
      probability,
    }),
    bias_field: callVariant('Multiplies by a smooth field, as MR coils do (MONAI RandBiasField).', {
      coefficients: defaulted(
        numberRange({ min: -1, max: 1, example: '0..0.1' }),
        { from: 0, to: 0.1 },
        'Range of the coefficients of its exponent, a polynomial of third degree.',
      ),
      probability,
    }),
    intensity_scale: callVariant(
      'Multiplies intensities by 1 + u, u uniform within ±range (MONAI RandScaleIntensity).',
      { range, probability },
    ),
    intensity_shift: callVariant(
      'Adds u, uniform within ±range, to normalised intensities (MONAI RandShiftIntensity).',
      { range, probability },
    ),
    gaussian_noise: callVariant('Adds normally distributed noise (MONAI RandGaussianNoise).', {
      std: required(number({ min: 0, max: 10, example: '0.01' }), 'Standard deviation, in normalised intensities.'),
      probability,
    }),
  },
} as const satisfies CallList;
