import { type CallList, callVariant, optional } from './field.ts';
import { list } from './values/lists.ts';
import { integer } from './values/numbers.ts';

const classes = optional(
  list(integer({ min: 1, max: 255, example: '1' }), { example: '[1, 2]' }),
  'Which classes, each by itself; without it, all but the background.',
);

/** `postprocess { largest_component() }`: what is done to a segmentation before it is measured and written, in this order. */
export const POSTPROCESS = {
  kind: 'callList',
  noun: 'post-processing step',
  variants: {
    largest_component: callVariant(
      'Keeps the largest connected piece of a class; voxels touch by their faces (scipy.ndimage.label).',
      { classes },
    ),
    fill_holes: callVariant(
      'Gives background that a class encloses to the class (scipy.ndimage.binary_fill_holes); other classes stay.',
      { classes },
    ),
  },
} as const satisfies CallList;
