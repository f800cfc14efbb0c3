import * as z from 'zod';
import { positiveInt, voxelTriple } from './primitives.ts';

/** The networks, with MONAI's options. */

const common = {
  inChannels: positiveInt,
  outChannels: positiveInt,
  /**
   * A file of weights, a run folder or a checkpoint folder to start from, as written: relative to the `.exp` file. Null
   * starts from random weights.
   */
  weights: z.string().nullable(),
} as const;

const fourStages = z.tuple([positiveInt, positiveInt, positiveInt, positiveInt]);

export const modelSchema = z.discriminatedUnion('name', [
  z.object({
    name: z.literal('SegResNet'),
    ...common,
    initFilters: positiveInt,
    blocksDown: z.array(positiveInt),
    blocksUp: z.array(positiveInt),
    normGroups: positiveInt,
    /** Trilinear interpolation, or transposed convolutions. */
    upsampleMode: z.enum(['nontrainable', 'deconv']),
  }),
  z.object({
    name: z.literal('SwinUNETR'),
    ...common,
    featureSize: positiveInt,
    depths: fourStages,
    numHeads: fourStages,
    windowSize: positiveInt,
    normalize: z.boolean(),
    patchNorm: z.boolean(),
    useV2: z.boolean(),
  }),
  z.object({
    name: z.literal('UNet'),
    ...common,
    channels: z.array(positiveInt),
    /** One less than channels. */
    strides: z.array(voxelTriple),
    kernelSize: voxelTriple,
    upKernelSize: voxelTriple,
    numResUnits: z.int().min(0),
    act: z.enum(['prelu', 'relu', 'leakyrelu']),
    bias: z.boolean(),
    adnOrdering: z.enum(['NDA', 'NAD', 'DNA', 'AND', 'ADN', 'DAN', 'NA', 'AN']),
  }),
  z.object({
    name: z.literal('DynUNet'),
    ...common,
    /** Of each level, as are kernel sizes and strides. */
    filters: z.array(positiveInt),
    kernelSize: z.array(voxelTriple),
    strides: z.array(voxelTriple),
    resBlock: z.boolean(),
    deepSupervision: z.boolean(),
    deepSuprNum: positiveInt,
    transBias: z.boolean(),
  }),
]);
