import { type CallList, callVariant, defaulted, required } from './field.ts';
import { list } from './values/lists.ts';
import { fraction, number } from './values/numbers.ts';
import { oneOf } from './values/words.ts';

const probability = required(fraction({ min: 0, max: 1, example: '50%' }), 'How often a patch is changed so.');
const range = required(fraction({ min: 0, max: 10, example: '10%' }), 'Largest change, in either direction.');

/** `augment { flip(…) }`: random changes of training patches, in this order. */
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
